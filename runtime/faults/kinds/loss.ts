import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/** Loses messages on a link, each with a probability. */
export const loss: FaultKind<LinkParameters & { readonly probability: number }> = {
  kind: "loss",
  describe: (link) => `messages ${describeLink(link)} are lost with probability ${link.probability}`,
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) && random.float() < link.probability ? { lost: true } : undefined,
};
