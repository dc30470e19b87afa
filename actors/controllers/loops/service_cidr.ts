import { type ConditionLike, getCondition, setCondition } from "../../api/conditions.ts";
import { type IPAddress, ipAddress } from "../../api/kinds/ip_address.ts";
import { serviceCidr as rangeKind, type ServiceCIDR } from "../../api/kinds/service_cidr.ts";
import { serviceCidrFinalizer as finalizer, hasAddress, isGiven, rangesOf } from "../../api/service_ranges.ts";
import { parseTime } from "../../api/time.ts";
import type { Condition, Frozen } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

type Range = Frozen<ServiceCIDR>;

/** What keeps a range that is to go: addresses of it that no other range has. */
type Observed = "needed" | "free";

interface Difference {
  readonly range: Range;
  readonly condition: Pick<Condition, "status" | "reason" | "message"> | undefined;
  readonly finalizer: "add" | "remove" | "leave";
  readonly againAfterMs?: number;
}

/** Until API servers have heard that a range is to go they may give addresses of it. */
const graceMs = 10_000;
const ready = { status: "True", reason: "", message: "Kubernetes Service CIDR is ready" } as const;
const terminating = {
  status: "False",
  reason: "Terminating",
  message: "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR",
} as const;

/**
 * Makes ranges of Services' addresses ready, and lets one that is to go go once no address needs it.
 *
 * It watches ServiceCIDRs, which it writes, and IPAddresses. It follows Kubernetes' pkg/controller/servicecidrs.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
export const serviceCidr = defineLoop<Range, Observed, Difference>({
  name: "service-cidr",
  component: "service-cidr-controller",
  account: "service-cidrs-controller",
  watches: [
    watch<ServiceCIDR>({
      kind: rangeKind,
      // What comes or goes may be what another one waits for.
      keys: ({ type, object }, { listers }) =>
        type === "updated"
          ? [object.metadata.name]
          : [object.metadata.name, ...ending([...listers.of(rangeKind).values()])],
    }),
    watch<IPAddress>({
      kind: ipAddress,
      keys: ({ object }, { listers }) =>
        ending([...listers.of(rangeKind).values()].filter((each) => hasAddress(each, object.metadata.name))),
    }),
  ],

  obtain: (key, listers) => listers.of(rangeKind).get(key),

  observe(range, listers) {
    if (range.metadata.deletionTimestamp === undefined) return "needed";
    const others = [...listers.of(rangeKind).values()].filter(({ metadata }) => metadata.uid !== range.metadata.uid);
    if (isWithin(range, others)) return "free";
    const orphans = [...listers.of(ipAddress).values()].some((address) => {
      const { name } = address.metadata;
      return isGiven(address) && hasAddress(range, name) && !others.some((each) => hasAddress(each, name));
    });
    return orphans ? "needed" : "free";
  },

  difference(range, observed, { nowMs }) {
    const { deletionTimestamp, finalizers = [] } = range.metadata;
    const isKept = finalizers.includes(finalizer);
    if (deletionTimestamp === undefined) {
      return { range, condition: changeTo(range, ready), finalizer: isKept ? "leave" : "add" };
    }
    if (observed === "needed") return { range, condition: changeTo(range, terminating), finalizer: "leave" };
    const leftMs = (parseTime(deletionTimestamp) ?? nowMs) + graceMs - nowMs;
    if (isKept && leftMs > 0) return { range, condition: undefined, finalizer: "leave", againAfterMs: leftMs };
    return { range, condition: undefined, finalizer: isKept ? "remove" : "leave" };
  },

  reconcile({ range, condition, finalizer: wanted, againAfterMs }, { nowMs }): Plan {
    const { name, finalizers = [] } = range.metadata;
    const actions: Action[] = [];
    if (wanted !== "leave") {
      const rest = finalizers.filter((each) => each !== finalizer);
      const kept = wanted === "add" ? [...rest, finalizer] : rest;
      // Only while nobody else has changed them: the list is written as a whole.
      const patch = { metadata: { resourceVersion: range.metadata.resourceVersion, finalizers: kept } };
      const contentType = "application/merge-patch+json";
      actions.push({ op: "patch", kind: rangeKind, name, patch, contentType, accept: ["NotFound"] });
    }
    if (condition) {
      const conditions = setCondition<ConditionLike>(range.status?.conditions, {
        condition: { type: "Ready", ...condition },
        nowMs,
      });
      const patch = { status: { conditions } };
      const contentType = "application/merge-patch+json";
      actions.push({
        op: "patch",
        subresource: "status",
        kind: rangeKind,
        name,
        patch,
        contentType,
        accept: ["NotFound"],
      });
    }
    const again = againAfterMs === undefined ? {} : { againAfterMs };
    return actions.length === 0 ? { ...nothingToDo, ...again } : { actions, ...again };
  },
});

function ending(ranges: readonly Range[]): readonly string[] {
  return ranges.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).map(({ metadata }) => metadata.name);
}

/** The condition, where the range does not say that yet. */
function changeTo({ status }: Range, wanted: Pick<Condition, "status" | "reason" | "message">) {
  const before = getCondition(status?.conditions, "Ready");
  return before?.status === wanted.status && before.reason === wanted.reason ? undefined : wanted;
}

/** Whether some other range has all of this one: then every address of it stays somewhere. */
function isWithin(range: Range, others: readonly Range[]): boolean {
  return rangesOf(range).every(({ family, first, size }) =>
    others.some((other) =>
      rangesOf(other).some(
        (each) => each.family === family && each.first <= first && each.first + each.size >= first + size,
      ),
    ),
  );
}
