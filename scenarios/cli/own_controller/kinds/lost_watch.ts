import { type FrontKind, turn } from "../front_kind.ts";

/** Watches end, the client is cut off for a while, and then its versions are too old: it must list again. */
export const lostWatch: FrontKind = {
  name: "lost-watch",
  summary:
    "watches end, the client is cut off, and then its version is too old (410): what happened meanwhile is never told",
  forMs: 1_000,
  aim(learned, random) {
    const when = turn(learned, random);
    return when && { when };
  },
  begin({ resource }, control) {
    control.gate.expire(resource);
    return undefined;
  },
  verdict: (_fault, { verb }) => (verb === "watch" || verb === "list" ? { close: "before" } : undefined),
};
