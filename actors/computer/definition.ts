import { defineActor } from "../../runtime/mod.ts";
import type { MachineData } from "./data.ts";
import { machine as chart } from "./machine.ts";
import type { MachineInput } from "./messages.ts";

/** The computer that a node is: its containers and its network live here, whatever becomes of the node's agents. */
export const machine = defineActor<MachineInput>({
  kind: "machine",
  module: import.meta.url,
  machine: chart,
  digest: ({ rules, transport, conntrack, sandboxes }: MachineData) =>
    `${rules.generation()} ${transport.size} ${conntrack.size} ${sandboxes.size}`,
});
