import { defineActor } from "../../runtime/mod.ts";
import { type CloudData, cloudMachine } from "./machine.ts";
import type { CloudInput } from "./messages.ts";

/** A provider of computers, load balancers and routes: it is outside of the cluster, and knows nothing of its API. */
export const cloud = defineActor<CloudInput>({
  kind: "cloud",
  module: import.meta.url,
  machine: cloudMachine,
  digest: ({ state }: CloudData) => `${state.made} ${state.instances.length} ${state.balancers.length}`,
});
