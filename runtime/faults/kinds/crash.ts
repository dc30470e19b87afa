import { defineFault } from "../kind.ts";
import { actor } from "../parameters.ts";
import { oneOf } from "../places.ts";

/** Kills an actor; its supervisor starts it again, while the fault lasts it stays down. */
export const crash = defineFault({
  kind: "crash",
  parameters: { actor: actor() },
  weight: 6,
  describe: ({ actor: who }) => `${who} crashes`,
  draw({ actors }, random) {
    const who = oneOf(actors, random);
    return who === undefined ? undefined : { actor: who };
  },
  actor: ({ actor: who }) => who,
  begin({ actor: who }, control) {
    control.holdDown(who, true);
    control.crash(who, "Crash injected");
  },
  end: ({ actor: who }, control) => control.holdDown(who, false),
});
