import { defineFault } from "../kind.ts";
import { share } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Delivers messages on a link twice, each with a probability. */
export const duplication = defineFault({
  kind: "duplication",
  parameters: { ...linkShape, probability: share() },
  describe: (link) => `messages ${describeLink(link)} arrive twice with probability ${link.probability}`,
  draw: ({ datagrams }, random) => datagrams && { ...datagrams, probability: oneOf([0.05, 0.2, 0.5], random) ?? 1 },
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) && random.float() < link.probability ? { copies: 1 } : undefined,
});
