import { defineActor } from "../../runtime/mod.ts";
import type { Loop } from "./loop.ts";
import { all } from "./loops/all.ts";
import { controllerDigest, controllerMachine } from "./machine.ts";
import type { ControllerInput } from "./messages.ts";

/** The loop of that name. */
export function loopNamed(name: string): Loop {
  const loops: readonly Loop[] = all;
  const found = loops.find((loop) => loop.name === name);
  if (found) return found;
  throw new Error(
    `Starting controller "${name}": there is no such loop, name one of: ${loops.map((loop) => loop.name).join(", ")}`,
  );
}

/** A controller of the cluster: the control loop that its input names, as an actor. */
export const controller = defineActor<ControllerInput>({
  kind: "controller",
  module: import.meta.url,
  machine: controllerMachine(({ loop }) => loopNamed(loop)),
  digest: controllerDigest,
});
