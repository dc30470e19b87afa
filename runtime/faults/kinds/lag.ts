import { defineFault } from "../kind.ts";
import { group, names, optional, whole } from "../parameters.ts";
import { oneOf, upTo } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Of the streams that lag, when not all do: every third one. */
const drawnOf = 3;

/**
 * Holds back what watches tell, while answers to requests pass: who is told lives in the past, and may hear of its own
 * writes late. Each stream stays in order. With `every`, only the streams whose number has this remainder lag, so that
 * what is known of one kind is older than what is known of another.
 */
export const lag = defineFault({
  kind: "lag",
  parameters: {
    ...linkShape,
    /** The types of the messages that carry a stream; a number in their field `watch` tells streams apart. */
    types: names(),
    delayMs: whole(0, 3_600_000),
    every: optional(group({ of: whole(1, 1_000), remainder: whole(0, 999) })),
  },
  weight: 3,
  describe: ({ types, delayMs, ...link }) => `${types.join(", ")} ${describeLink(link)} come ${delayMs} ms late`,
  draw({ streams }, random) {
    const stream = oneOf(streams, random);
    if (!stream) return undefined;
    const lagging = { ...stream, oneWay: true, delayMs: upTo(3_000, random) };
    const remainder = random.int(drawnOf + 1);
    return remainder < drawnOf ? { ...lagging, every: { of: drawnOf, remainder } } : lagging;
  },
  link({ types, delayMs, every, ...link }, { from, to, type, body }) {
    if (!types.includes(type) || !isOnLink(link, from, to)) return undefined;
    // What speaks of several streams at once is as late as any of them.
    const watch = streamsIn(body).find((each) => !every || each % every.of === every.remainder);
    return watch === undefined ? undefined : { delayMs, lane: `${type} ${watch}` };
  },
});

/** The numbers of the streams that a message is about. */
function streamsIn(body: object | undefined): readonly number[] {
  const { watch = 0, pieces } = (body ?? {}) as { watch?: unknown; pieces?: readonly { readonly watch: number }[] };
  if (Array.isArray(pieces)) return pieces.map((piece) => piece.watch);
  return [typeof watch === "number" ? watch : 0];
}
