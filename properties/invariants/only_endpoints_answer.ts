import type { EndpointSlice, Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { describeRecord, eachEnded, handlersOf } from "../traffic/records.ts";
import { isRulesTroubled } from "./_trouble.ts";

/** So long after a change every node's rules have followed, where nothing keeps them from it. */
const knowMs = 3_000;

/** A new connection goes to who is an endpoint, or was when the rules were made. */
export const onlyEndpointsAnswer: Invariant = {
  name: "only endpoints are sent requests",
  watch(world) {
    if (!world.definition.traffic) return {};
    /** When each pod was last known to serve; infinite while it is. */
    const servedUntilMs = new Map<string, number>();
    const bySlice = new Map<string, ReadonlySet<string>>();
    return {
      commit({ key, object, atMs }) {
        if (!key.startsWith("/registry/endpointslices/")) return undefined;
        const before = bySlice.get(key) ?? new Set();
        const now = servingIn(object as Frozen<EndpointSlice> | undefined);
        bySlice.set(key, now);
        // A Service of two families has slices of both, and may let go of one.
        const isElsewhere = (pod: string) => [...bySlice.values()].some((pods) => pods.has(pod));
        for (const pod of before) if (!isElsewhere(pod)) servedUntilMs.set(pod, atMs);
        for (const pod of now) servedUntilMs.set(pod, Number.POSITIVE_INFINITY);
        return undefined;
      },
      step: eachEnded(world, (record) => {
        const { sentAtMs } = record;
        for (const pod of handlersOf(record)) {
          const untilMs = servedUntilMs.get(pod) ?? 0;
          if (untilMs + knowMs >= sentAtMs || isRulesTroubled(world, untilMs, sentAtMs)) continue;
          return `${pod} was no endpoint any more since ${untilMs} ms: ${describeRecord(record)}`;
        }
        return undefined;
      }),
    };
  },
};

/** The pods that may be sent requests: where no endpoint is ready, those that still serve while they end are used. */
function servingIn(slice: Frozen<EndpointSlice> | undefined): ReadonlySet<string> {
  const serving = (slice?.endpoints ?? []).filter(({ conditions }) => conditions?.ready || conditions?.serving);
  return new Set(serving.map(({ targetRef }) => targetRef?.name ?? ""));
}
