import { defineActor } from "../../runtime/mod.ts";
import type { ComputerData } from "./data.ts";
import { computer as chart } from "./machine.ts";
import type { ComputerInput } from "./messages.ts";

/** The computer that a node is: its containers and its network live here, whatever becomes of the node's agents. */
export const computer = defineActor<ComputerInput>({
  kind: "computer",
  module: import.meta.url,
  machine: chart,
  digest: ({ rules, traffic, sandboxes }: ComputerData) =>
    `${rules.generation()} ${traffic?.transport.size ?? 0} ${traffic?.conntrack.size ?? 0} ${sandboxes.size}`,
});
