import { defineActor } from "../../runtime/mod.ts";
import type { KubeProxyData } from "./data.ts";
import { kubeProxyMachine } from "./machine.ts";
import type { KubeProxyInput } from "./messages.ts";

/** The proxy of a node: makes the rules by which connections to Services find pods, and hands them to the dataplane. */
export const kubeProxy = defineActor<KubeProxyInput>({
  kind: "kube_proxy",
  module: import.meta.url,
  machine: kubeProxyMachine,
  digest: ({ sync, tracker }: KubeProxyData) => `${sync.generation}/${tracker.rules.size}/${tracker.pending()}`,
});
