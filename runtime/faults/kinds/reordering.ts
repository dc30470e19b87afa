import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/** Lets messages on a link be overtaken: each may be held back by up to `delayMsMax`, out of order. */
export const reordering: FaultKind<LinkParameters & { readonly delayMsMax: number }> = {
  kind: "reordering",
  describe: (link) => `messages ${describeLink(link)} arrive out of order, up to ${link.delayMsMax} ms late`,
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) ? { overtakes: true, delayMs: random.int(link.delayMsMax + 1) } : undefined,
};
