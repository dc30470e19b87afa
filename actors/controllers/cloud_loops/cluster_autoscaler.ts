import { getCondition } from "../../api/conditions.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import type { Frozen, Node, Pod } from "../../api/types.ts";
import type { Instance, NodeGroup } from "../../cloud/messages.ts";
import { askCloud, cloudOf, instanceOf } from "../clouds/ask_cloud.ts";
import { isIdle, isLeaving, marking, type RentedNode, returning, unmarking } from "../clouds/scale_down.ts";
import { byAge, isUnschedulable, type Pool, scalingUp } from "../clouds/scale_up.ts";
import { type CloudPlace, defineLoop, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";

const scanKey = "scan";
const scanMs = 10_000;
const scaleDownAfterMsDefault = 600_000;

interface Memory {
  readonly clouds: readonly CloudPlace[];
  readonly scaleDownAfterMs: number;
  /** Since when nodes are idle, by uid and this actor's own clock. */
  readonly idleSinceMs: Map<string, number>;
  /** Pods that were told that no node will come for them, by uid. */
  readonly told: Set<string>;
}

interface Observed {
  readonly waiting: readonly Frozen<Pod>[];
  readonly nodes: readonly { readonly node: Frozen<Node>; readonly pods: readonly Frozen<Pod>[] }[];
}

/**
 * Asks providers for nodes when pods find no place, and gives nodes back on which nothing has run for a while. A node
 * that still has a pod of its own is never emptied.
 *
 * It watches Pods and Nodes, and taints Nodes. It follows kubernetes/autoscaler's cluster-autoscaler.
 *
 * @see https://kubernetes.io/docs/concepts/cluster-administration/node-autoscaling/
 */
export const clusterAutoscaler = defineLoop<true, Observed, Observed, Memory>({
  name: "cluster-autoscaler",
  component: "cluster-autoscaler",
  keys: [scanKey],
  watches: [
    watch<Pod>({
      kind: podKind,
      indexes: {
        node: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []),
        waiting: (pod) => (isUnschedulable(pod) ? ["yes"] : []),
      },
      keys: ({ type, object, previous }) => {
        const isNews = type !== "deleted" && isUnschedulable(object) && !(previous && isUnschedulable(previous));
        return isNews ? [scanKey] : [];
      },
    }),
    watch<Node>({ kind: nodeKind, keys: ({ object }) => (isLeaving(object) ? [scanKey] : []) }),
  ],
  begin: ({ clouds = [], scaleDownAfterMs = scaleDownAfterMsDefault }) => {
    return { clouds, scaleDownAfterMs, idleSinceMs: new Map(), told: new Set() };
  },

  obtain: () => true,

  observe(_all, listers) {
    const pods = listers.of<Pod>(podKind);
    const nodes = [...listers.of<Node>(nodeKind).values()];
    return {
      waiting: [...pods.by("waiting", "yes")].sort(byAge),
      nodes: nodes.map((node) => ({ node, pods: pods.by("node", node.metadata.name) })),
    };
  },

  difference: (_all, observed) => observed,

  reconcile(observed, { memory, nowMs, uptimeMs }): Plan {
    const settle = (pools: readonly Pool[]): readonly Action[] => [
      ...scalingUp(observed.waiting, pools, memory.told),
      ...scalingDown(observed, pools, { memory, nowMs, uptimeMs }),
    ];
    return { actions: asking(memory.clouds, observed, settle), againAfterMs: scanMs };
  },
});

/** Asks one provider after the other what it has, and then goes on with all of it. */
function asking(
  [cloud, ...others]: readonly CloudPlace[],
  observed: Observed,
  then: (pools: readonly Pool[]) => readonly Action[],
): readonly Action[] {
  if (!cloud) return then([]);
  const about = { kind: nodeKind, name: cloud.name };
  const ask = (op: "ListNodeGroups" | "ListInstances", next: (value: unknown) => readonly Action[]) =>
    askCloud(about, { cloud, request: { op } }, (answer) =>
      answer.ok ? next(answer.value) : [{ op: "fail", ...about, message: answer.failure.message }],
    );
  return [
    ask("ListNodeGroups", (groups) => [
      ask("ListInstances", (instances) => {
        const pools = (groups as readonly NodeGroup[]).map((group): Pool => {
          const coming = comingOf(group, instances as readonly Instance[], observed);
          return { cloud, group, coming };
        });
        return asking(others, observed, (more) => then([...pools, ...more]));
      }),
    ]),
  ];
}

/** How many of a group are on their way: ordered, and no node that is Ready. */
function comingOf({ name, size }: NodeGroup, instances: readonly Instance[], { nodes }: Observed): number {
  const ready = nodes.filter(({ node }) => {
    const isReady = getCondition(node.status.conditions, "Ready")?.status === "True";
    return isReady && node.spec.providerID !== undefined && instanceOf(node, instances)?.group === name;
  });
  return Math.max(0, size - ready.length);
}

interface Now {
  readonly memory: Memory;
  readonly nowMs: number;
  readonly uptimeMs: number;
}

function scalingDown(observed: Observed, pools: readonly Pool[], { memory, nowMs, uptimeMs }: Now): Action[] {
  const { idleSinceMs, scaleDownAfterMs } = memory;
  const rented = observed.nodes.flatMap(({ node, pods }): RentedNode[] => {
    const cloud = cloudOf(node, memory.clouds);
    const pool = pools.find((each) => each.cloud === cloud);
    return pool ? [{ node, pods, pool }] : [];
  });
  const idle = rented.filter(isIdle);
  const since = new Map(idle.map(({ node: { metadata } }) => [metadata.uid ?? "", uptimeMs] as const));
  for (const uid of since.keys()) since.set(uid, idleSinceMs.get(uid) ?? uptimeMs);
  idleSinceMs.clear();
  for (const [uid, ms] of since) idleSinceMs.set(uid, ms);
  const left = new Map(pools.map((pool) => [pool, pool.group.size - pool.group.sizeMin]));
  return rented.flatMap((each): Action[] => {
    const sinceMs = since.get(each.node.metadata.uid ?? "");
    const room = left.get(each.pool) ?? 0;
    if (isLeaving(each.node)) {
      if (sinceMs === undefined || room <= 0) return [unmarking(each)];
      left.set(each.pool, room - 1);
      return [returning(each)];
    }
    // Pods that wait may be on their way there.
    if (sinceMs === undefined || observed.waiting.length > 0 || room <= 0) return [];
    if (uptimeMs - sinceMs < scaleDownAfterMs) return [];
    left.set(each.pool, room - 1);
    return [marking(each, nowMs)];
  });
}
