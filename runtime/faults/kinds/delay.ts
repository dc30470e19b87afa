import { defineFault } from "../kind.ts";
import { whole } from "../parameters.ts";
import { drawLink, upTo } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Holds messages on a link for a while, drawn up to `delayMsMax`; they stay in order. */
export const delay = defineFault({
  kind: "delay",
  parameters: { ...linkShape, delayMsMax: whole(0, 3_600_000) },
  weight: 2,
  describe: (link) => `messages ${describeLink(link)} are delayed by up to ${link.delayMsMax} ms`,
  draw(places, random) {
    const link = drawLink(places, random);
    return link && { ...link, delayMsMax: upTo(2_000, random) };
  },
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) ? { delayMs: random.int(link.delayMsMax + 1) } : undefined,
});
