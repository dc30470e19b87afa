import type { ProxyEndpoint, RulePlace } from "./rules.ts";

/**
 * Of the ready endpoints, those that hints assign to this node, else to its zone. Hints count only when every ready
 * endpoint has one and some are for us: else all endpoints are used.
 */
export function near(ready: readonly ProxyEndpoint[], { node, zone }: RulePlace): readonly ProxyEndpoint[] {
  if (ready.every(({ nodes }) => nodes.length > 0)) {
    const mine = ready.filter(({ nodes }) => nodes.includes(node));
    if (mine.length > 0) return mine;
  }
  if (zone !== undefined && ready.every(({ zones }) => zones.length > 0)) {
    const mine = ready.filter(({ zones }) => zones.includes(zone));
    if (mine.length > 0) return mine;
  }
  return ready;
}
