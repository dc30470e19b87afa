import { defineFault } from "../kind.ts";
import { names, share } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Loses single pieces of what watches tell: each loss is a gap that ends the stream, and who watches comes back. */
export const brokenStream = defineFault({
  kind: "brokenStream",
  parameters: { ...linkShape, types: names(), probability: share() },
  weight: 3,
  describe: ({ types, probability, ...link }) =>
    `${types.join(", ")} ${describeLink(link)} are lost with probability ${probability}`,
  draw({ streams }, random) {
    const stream = oneOf(streams, random);
    return stream && { ...stream, oneWay: true, probability: oneOf([0.02, 0.1, 0.4], random) ?? 1 };
  },
  link: ({ types, probability, ...link }, { from, to, type }, random) =>
    types.includes(type) && isOnLink(link, from, to) && random.float() < probability ? { lost: true } : undefined,
});
