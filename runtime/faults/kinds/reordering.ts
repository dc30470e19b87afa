import { defineFault } from "../kind.ts";
import { whole } from "../parameters.ts";
import { upTo } from "../places.ts";
import { describeLink, isOnLink, linkShape } from "../who.ts";

/** Lets messages on a link be overtaken: each may be held back by up to `delayMsMax`, out of order. */
export const reordering = defineFault({
  kind: "reordering",
  parameters: { ...linkShape, delayMsMax: whole(0, 3_600_000) },
  describe: (link) => `messages ${describeLink(link)} arrive out of order, up to ${link.delayMsMax} ms late`,
  draw: ({ datagrams }, random) => datagrams && { ...datagrams, delayMsMax: upTo(300, random) },
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) ? { overtakes: true, delayMs: random.int(link.delayMsMax + 1) } : undefined,
});
