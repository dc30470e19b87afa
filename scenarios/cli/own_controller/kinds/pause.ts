import { type FrontKind, gap } from "../front_kind.ts";

/** The client stands still and goes on, as a process does whose machine has no time for it. */
export const pause: FrontKind = {
  name: "pause",
  summary: "the client's process stands still for a while and goes on",
  forMs: 3_000,
  aim(learned, random) {
    const when = learned.hasProcess ? gap(learned, random) : undefined;
    return when && { when };
  },
  begin(_fault, control) {
    control.process?.pause();
    return () => control.process?.resume();
  },
};
