import { type FrontKind, turn } from "../front_kind.ts";

/** What watches tell comes late, and of each object only its newest state, as after a relist. */
export const coalescedWatch: FrontKind = {
  name: "coalesced-watch",
  summary: "of each object that changes for a while, watches tell the newest state alone",
  forMs: 1_500,
  aim(learned, random) {
    const when = turn(learned, random);
    return when && { when };
  },
  begin: ({ resource }, control) => control.gate.hold({ resource, coalesce: true }),
};
