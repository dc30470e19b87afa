import { defineFault } from "../kind.ts";
import { drawLink } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Cuts the links between two sets of actors, one way or both. */
export const partition = defineFault({
  kind: "partition",
  parameters: linkShape,
  weight: 4,
  describe: (link) => `no message passes ${describeLink(link)}`,
  draw: drawLink,
  link: (link, { from, to }) => (isOnLink(link, from, to) ? { lost: true } : undefined),
});
