import { defineFault } from "../kind.ts";
import { actor } from "../parameters.ts";
import { oneOf } from "../places.ts";

/** Stops an actor's execution: its mail and timers wait, the rest of the world goes on. */
export const pause = defineFault({
  kind: "pause",
  parameters: { actor: actor() },
  weight: 3,
  describe: ({ actor: who }) => `${who} is paused`,
  draw({ actors }, random) {
    const who = oneOf(actors, random);
    return who === undefined ? undefined : { actor: who };
  },
  actor: ({ actor: who }) => who,
  begin: ({ actor: who }, control) => control.pause(who),
  end: ({ actor: who }, control) => control.resume(who),
});
