import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/** Holds messages on a link for a while, drawn up to `delayMsMax`; they stay in order. */
export const delay: FaultKind<LinkParameters & { readonly delayMsMax: number }> = {
  kind: "delay",
  describe: (link) => `messages ${describeLink(link)} are delayed by up to ${link.delayMsMax} ms`,
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) ? { delayMs: random.int(link.delayMsMax + 1) } : undefined,
};
