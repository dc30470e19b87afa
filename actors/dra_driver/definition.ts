import { defineActor } from "../../runtime/mod.ts";
import type { DraDriverData } from "./data.ts";
import { draDriverMachine } from "./machine.ts";
import type { DraDriverInput } from "./messages.ts";

/** The driver of devices of a node: offers them by ResourceSlices, and has those of claims ready for containers. */
export const draDriver = defineActor<DraDriverInput>({
  kind: "dra_driver",
  module: import.meta.url,
  machine: draDriverMachine,
  digest: ({ calls, slices }: DraDriverData) => `${calls.length}/${slices.size}`,
});
