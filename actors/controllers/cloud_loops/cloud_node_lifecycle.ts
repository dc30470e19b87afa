import { getCondition } from "../../api/conditions.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { Instance } from "../../cloud/messages.ts";
import { askCloud, cloudOf, instanceOf } from "../clouds/ask_cloud.ts";
import { isUninitialized } from "../clouds/uninitialized.ts";
import { type CloudPlace, defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

/** The taint of a node whose computer is switched off. */
const shutdownTaint = { key: "node.cloudprovider.kubernetes.io/shutdown", effect: "NoSchedule" } as const;
const monitorMs = 5_000;

interface Memory {
  readonly clouds: readonly CloudPlace[];
  /** Nodes, by uid, whose instance was not there at the last look: one that is not there twice is gone. */
  readonly missing: Set<string>;
  /** Which machine each node was, by uid, when its instance was last found. */
  readonly machines: Map<string, string>;
}

interface Difference {
  readonly node: Frozen<Node>;
  /** Whose it is; all whose it may be, where that was never found out. */
  readonly clouds: readonly CloudPlace[];
  readonly isReady: boolean;
}

/**
 * Deletes nodes whose instance is gone, and taints those whose instance is switched off. Providers answer stale at
 * times: unlike Kubernetes' own, this loop looks twice before it deletes. It looks also at a ready node that is another
 * machine than before: a provider may give the name of a lost instance to the next one, which is up before anybody
 * missed the first, and the node would keep the first one's id for ever.
 *
 * It watches and writes Nodes. It follows k8s.io/cloud-provider's controllers/nodelifecycle.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/cloud-controller/#node-controller
 */
export const cloudNodeLifecycle = defineLoop<Frozen<Node>, boolean, Difference, Memory>({
  name: "cloud-node-lifecycle",
  component: "cloud-node-lifecycle-controller",
  account: "node-controller",
  watches: [
    watch<Node, Memory>({
      kind: nodeKind,
      keys({ type, object }, { memory }) {
        if (type !== "deleted") return [object.metadata.name];
        forget(memory, object.metadata.uid);
        return [];
      },
    }),
  ],
  begin: ({ clouds = [] }) => ({ clouds, missing: new Set(), machines: new Map() }),

  obtain: (key, listers) => listers.of(nodeKind).get(key),

  observe: ({ status }) => getCondition(status.conditions, "Ready")?.status === "True",

  difference: (node, isReady, { memory }) => ({ node, isReady, clouds: placesOf(node, isReady, memory.clouds) }),

  reconcile({ node, clouds, isReady }, { memory, nowMs }): Plan {
    if (clouds.length === 0) return nothingToDo;
    if (isReady && isSame(node, memory)) {
      memory.missing.delete(node.metadata.uid ?? "");
      return { actions: isShutdown(node) ? [tainting(node, undefined)] : [] };
    }
    return { actions: looking(node, clouds, { memory, nowMs }), againAfterMs: monitorMs };
  },
});

/** An instance may be lost before anybody has said whose it is: then its node is nobody's. */
function placesOf(node: Frozen<Node>, isReady: boolean, clouds: readonly CloudPlace[]): readonly CloudPlace[] {
  const cloud = cloudOf(node, clouds);
  if (cloud) return [cloud];
  return isUninitialized(node) && !isReady ? clouds : [];
}

interface Looking {
  readonly memory: Memory;
  readonly nowMs: number;
}

/** Asks one provider after the other for the node's instance. */
function looking(node: Frozen<Node>, [cloud, ...others]: readonly CloudPlace[], seen: Looking): readonly Action[] {
  if (!cloud) return found(node, undefined, seen);
  const about = { kind: nodeKind, name: node.metadata.name };
  return [
    askCloud(about, { cloud, request: { op: "ListInstances" } }, (answer) => {
      if (!answer.ok) return [{ op: "fail", ...about, message: answer.failure.message }];
      const instance = instanceOf(node, answer.value as readonly Instance[]);
      return instance ? found(node, instance, seen) : looking(node, others, seen);
    }),
  ];
}

const machineOf = ({ status }: Frozen<Node>): string => status.nodeInfo?.machineID ?? "";

/** Whether it is the machine whose instance was found. */
function isSame(node: Frozen<Node>, { machines }: Memory): boolean {
  return machines.get(node.metadata.uid ?? "") === machineOf(node);
}

function forget({ missing, machines }: Memory, uid = ""): void {
  missing.delete(uid);
  machines.delete(uid);
}

function isShutdown({ spec }: Frozen<Node>): boolean {
  return spec.taints?.some(({ key }) => key === shutdownTaint.key) === true;
}

function found(node: Frozen<Node>, instance: Instance | undefined, { memory, nowMs }: Looking): readonly Action[] {
  const { name, uid = "" } = node.metadata;
  if (instance) {
    memory.missing.delete(uid);
    memory.machines.set(uid, machineOf(node));
    const isOff = instance.state === "stopped";
    return isOff && !isShutdown(node) ? [tainting(node, nowMs)] : [];
  }
  if (!memory.missing.has(uid)) {
    memory.missing.add(uid);
    return [];
  }
  const message = `Deleting node ${name} because it does not exist in the cloud provider`;
  const report = { about: node, type: "Normal", reason: "DeletingNode", message } as const;
  return [
    { op: "tell", kind: nodeKind, object: node, report },
    { op: "delete", kind: nodeKind, name, uid },
  ];
}

/** With the taint since then, or without it. */
function tainting(node: Frozen<Node>, sinceMs: number | undefined): Action {
  const others = (node.spec.taints ?? []).filter(({ key }) => key !== shutdownTaint.key);
  const taints = sinceMs === undefined ? others : [...others, { ...shutdownTaint, timeAdded: formatTime(sinceMs) }];
  const object = { ...node, spec: { ...node.spec, taints } } as Frozen<Node>;
  return { op: "update", kind: nodeKind, object, accept: ["NotFound"] };
}
