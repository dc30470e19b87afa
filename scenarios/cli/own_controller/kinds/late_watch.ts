import { type FrontKind, turn } from "../front_kind.ts";

/** What watches tell comes late, in its order. */
export const lateWatch: FrontKind = {
  name: "late-watch",
  summary: "what watches tell comes late",
  forMs: 1_500,
  aim(learned, random) {
    const when = turn(learned, random);
    return when && { when };
  },
  begin: ({ resource }, control) => control.gate.hold({ resource }),
};
