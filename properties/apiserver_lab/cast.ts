import { apiserver } from "../../actors/apiserver/definition.ts";
import { https } from "../../runtime/devices/https.ts";
import type { Cast } from "../../runtime/hosts/host.ts";
import { fakeKubelet } from "./fake_kubelet.ts";
import { fakeStore } from "./fake_store.ts";

/** API servers over a store in memory, with a real network: for tests with real clients. */
export const cast: Cast = { actors: [apiserver, fakeStore, fakeKubelet], devices: [https] };
