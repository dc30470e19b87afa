import { defineActor } from "../../runtime/mod.ts";
import { all } from "./cloud_loops/all.ts";
import type { Loop } from "./loop.ts";
import { controllerDigest, controllerMachine } from "./machine.ts";
import { managerDigest, managerMachine } from "./manager.ts";
import type { ControllerInput, ManagerInput } from "./messages.ts";

const loops: readonly Loop[] = all;

function loopNamed(name: string): Loop {
  const found = loops.find((loop) => loop.name === name);
  if (found) return found;
  throw new Error(`Starting cloud controller "${name}": there is no such loop`);
}

/** A controller of a cluster in clouds: the loop that its input names, as an actor. */
export const cloudController = defineActor<ControllerInput>({
  kind: "cloud_controller",
  module: import.meta.url,
  machine: controllerMachine(({ loop }) => loopNamed(loop)),
  digest: controllerDigest,
});

/** The cloud controller manager: what is between a cluster and those who rent out its computers. */
export const cloudControllerManager = defineActor<ManagerInput>({
  kind: "cloud_controller_manager",
  module: import.meta.url,
  machine: managerMachine({ lease: "cloud-controller-manager", child: "cloud_controller", loops, first: [] }),
  digest: managerDigest,
});
