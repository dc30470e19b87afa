import { type FrontKind, turn } from "../front_kind.ts";

/** Watches end, and going on from where they were is refused. */
export const expiredVersion: FrontKind = {
  name: "expired-version",
  summary: "watches end and their version is too old (410)",
  forMs: 100,
  aim(learned, random) {
    const when = turn(learned, random);
    return when && { when };
  },
  begin({ resource }, control) {
    control.gate.expire(resource);
    return undefined;
  },
};
