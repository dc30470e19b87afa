import { defineFault } from "../kind.ts";
import { actors, optional, whole } from "../parameters.ts";
import { between, oneOf } from "../places.ts";
import { isAmong } from "../who.ts";

const dayMs = 86_400_000;
const drawnMsMax = 60_000;

/** Sets the wall clock of actors off by `offsetMs`, and lets it drift by `driftPpm` parts in a million. */
export const clockSkew = defineFault({
  kind: "clockSkew",
  parameters: {
    actors: actors(),
    offsetMs: whole(-36_500 * dayMs, 36_500 * dayMs),
    driftPpm: optional(whole(-500_000, 500_000)),
  },
  describe: ({ actors: who, offsetMs, driftPpm = 0 }) =>
    `the clock of ${who.join(", ")} is off by ${offsetMs} ms and drifts by ${driftPpm} ppm`,
  draw({ clocks }, random) {
    const who = oneOf(clocks, random);
    const offsetMs = between(-drawnMsMax, drawnMsMax, random);
    return who === undefined ? undefined : { actors: [who], offsetMs, driftPpm: between(0, 500, random) };
  },
  skewMs: ({ actors: who, offsetMs, driftPpm = 0 }, address, activeMs) =>
    isAmong(who, address) ? offsetMs + (activeMs * driftPpm) / 1_000_000 : undefined,
});
