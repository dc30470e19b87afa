import type { Address } from "../../actor.ts";
import type { FaultKind } from "../fault.ts";
import { isAmong } from "../who.ts";

/** Sets the wall clock of actors off by `offsetMs`, and lets it drift by `driftPpm` parts in a million. */
export const clockSkew: FaultKind<{
  readonly actors: readonly Address[];
  readonly offsetMs: number;
  readonly driftPpm?: number;
}> = {
  kind: "clockSkew",
  describe: ({ actors, offsetMs, driftPpm = 0 }) =>
    `the clock of ${actors.join(", ")} is off by ${offsetMs} ms and drifts by ${driftPpm} ppm`,
  skewMs: ({ actors, offsetMs, driftPpm = 0 }, address, activeMs) =>
    isAmong(actors, address) ? offsetMs + (activeMs * driftPpm) / 1_000_000 : 0,
};
