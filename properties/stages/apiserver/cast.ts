import { apiserver } from "../../../actors/apiserver/definition.ts";
import type { FreeCast } from "../../../runtime/hosts/free/free_cast.ts";
import { fakeKubelet } from "./fake_kubelet.ts";
import { fakeStore } from "./fake_store.ts";

/** API servers over a store in memory, with a real network: for tests with real clients. */
export const cast: FreeCast = {
  actors: [apiserver, fakeStore, fakeKubelet],
  devices: new URL("./devices.ts", import.meta.url).href,
};
