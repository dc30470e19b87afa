import { defineFault } from "../kind.ts";
import { share } from "../parameters.ts";
import { drawLink, oneOf, someOf } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Loses answers on a link, while what was asked arrives: it is done, and who asked never hears of it. */
export const lostAnswer = defineFault({
  kind: "lostAnswer",
  parameters: { ...linkShape, probability: share() },
  weight: 3,
  describe: (link) => `answers ${describeLink(link)} are lost with probability ${link.probability}`,
  /** Who tells what changed is who is asked; or else everybody is. */
  draw(places, random) {
    const stream = oneOf(places.streams, random);
    const link = stream
      ? { from: stream.from, to: random.int(2) === 0 ? stream.to : someOf(places.actors, random), oneWay: true }
      : drawLink(places, random);
    return link && { ...link, probability: oneOf([0.1, 0.3, 1], random) ?? 1 };
  },
  link: ({ probability, ...link }, { from, to, type }, random) =>
    type === "reply" && isOnLink(link, from, to) && random.float() < probability ? { lost: true } : undefined,
});
