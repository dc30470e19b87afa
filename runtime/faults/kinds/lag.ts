import type { FaultKind } from "../fault.ts";
import { describeLink, isOnLink, type LinkParameters } from "../who.ts";

/**
 * Holds back what watches tell, while answers to requests pass: who is told lives in the past, and may hear of its own
 * writes late. Each stream stays in order. With `every`, only the streams whose number has this remainder lag, so that
 * what is known of one kind is older than what is known of another.
 */
export const lag: FaultKind<
  LinkParameters & {
    /** The types of the messages that carry a stream; a number in their field `watch` tells streams apart. */
    readonly types: readonly string[];
    readonly delayMs: number;
    readonly every?: { readonly of: number; readonly remainder: number };
  }
> = {
  kind: "lag",
  describe: ({ types, delayMs, ...link }) => `${types.join(", ")} ${describeLink(link)} come ${delayMs} ms late`,
  link({ types, delayMs, every, ...link }, { from, to, type, body }) {
    if (!types.includes(type) || !isOnLink(link, from, to)) return undefined;
    const { watch = 0 } = (body ?? {}) as { readonly watch?: number };
    if (every && watch % every.of !== every.remainder) return undefined;
    return { delayMs, lane: `${type} ${watch}` };
  },
};
