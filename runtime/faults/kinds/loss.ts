import { defineFault } from "../kind.ts";
import { share } from "../parameters.ts";
import { drawLink, oneOf } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Loses messages on a link, each with a probability. */
export const loss = defineFault({
  kind: "loss",
  parameters: { ...linkShape, probability: share() },
  weight: 2,
  describe: (link) => `messages ${describeLink(link)} are lost with probability ${link.probability}`,
  draw(places, random) {
    const link = drawLink(places, random);
    return link && { ...link, probability: oneOf([0.05, 0.2, 0.5], random) ?? 1 };
  },
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) && random.float() < link.probability ? { lost: true } : undefined,
});
