import { type FrontKind, gap } from "../front_kind.ts";

/** A write was carried out, and the connection breaks before its answer: the client cannot know. */
export const lostAnswer: FrontKind = {
  name: "lost-answer",
  summary: "the connection breaks after a write was carried out, before its answer",
  forMs: 5_000,
  timesMax: 1,
  aim(learned, random) {
    const when = gap(learned, random);
    if (!when || !("before" in when || "after" in when)) return undefined;
    return { when: { before: "before" in when ? when.before : when.after, nth: when.nth } };
  },
  verdict: (_fault, { isWrite }) => (isWrite ? { close: "after" } : undefined),
};
