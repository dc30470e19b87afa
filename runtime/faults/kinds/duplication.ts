import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/** Delivers messages on a link twice, each with a probability. */
export const duplication: FaultKind<LinkParameters & { readonly probability: number }> = {
  kind: "duplication",
  describe: (link) => `messages ${describeLink(link)} arrive twice with probability ${link.probability}`,
  link: (link, { from, to }, random) =>
    isOnLink(link, from, to) && random.float() < link.probability ? { copies: 1 } : undefined,
};
