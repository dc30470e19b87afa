import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";

/** Stops an actor's execution: its mail and timers wait, the rest of the world goes on. */
export const pause: FaultKind<{ readonly actor: Address }> = {
  kind: "pause",
  describe: ({ actor }) => `${actor} is paused`,
  begin: ({ actor }, control) => control.pause(actor),
  end: ({ actor }, control) => control.resume(actor),
};
