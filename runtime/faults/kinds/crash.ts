import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";

/** Kills an actor; its supervisor starts it again, while the fault lasts it stays down. */
export const crash: FaultKind<{ readonly actor: Address }> = {
  kind: "crash",
  describe: ({ actor }) => `${actor} crashes`,
  begin({ actor }, control) {
    control.holdDown(actor, true);
    control.crash(actor, "Crash injected");
  },
  end: ({ actor }, control) => control.holdDown(actor, false),
};
