import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/** Cuts the links between two sets of actors, one way or both. */
export const partition: FaultKind<LinkParameters> = {
  kind: "partition",
  describe: (link) => `no message passes ${describeLink(link)}`,
  link: (link, { from, to }) => (isOnLink(link, from, to) ? { lost: true } : undefined),
};
