import { defineActor, mix32 } from "../../runtime/mod.ts";
import type { KubeletData } from "./data.ts";
import { kubeletMachine } from "./machine.ts";
import type { KubeletInput } from "./messages.ts";

/** The agent of a node: registers it, keeps its heartbeat, and runs the pods that are bound to it. */
export const kubelet = defineActor<KubeletInput>({
  kind: "kubelet",
  module: import.meta.url,
  machine: kubeletMachine,
  digest: ({ pods, byContainer, deadlines }: KubeletData) => mix32(mix32(pods.size, byContainer.size), deadlines.size),
});
