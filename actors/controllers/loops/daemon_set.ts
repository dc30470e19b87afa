import { type ControllerRevision, controllerRevision } from "../../api/kinds/controller_revision.ts";
import { type DaemonSet, daemonSet as daemonSetKind } from "../../api/kinds/daemon_set.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byController, byNamespace } from "../../client/object_store.ts";
import { claim, orphansByNamespace } from "../claim.ts";
import { defineLoop, type Listers, type Turn, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";
import { nextAvailabilityMs } from "../pods/availability.ts";
import { concerned, controllerKey } from "../pods/pod_owner.ts";
import { slowStart, together } from "../pods/slow_start.ts";
import { deletionOfRevision, type History, historyOf } from "../revisions/history.ts";
import { type FailureMemory, failuresOf } from "./daemon_set/failures.ts";
import { type Changes, manageNode } from "./daemon_set/node_pods.ts";
import { placementFor, targetNode } from "./daemon_set/placement.ts";
import { hashLabel, newDaemon } from "./daemon_set/pod.ts";
import { type NodePods, rollOut, surges } from "./daemon_set/rolling.ts";
import { statusOf, statusWrite } from "./daemon_set/status.ts";

/** More pods than this are not created or deleted in one turn. */
const burstReplicas = 250;

interface Observed {
  readonly history: History;
  readonly claims: readonly Action[];
  readonly pods: readonly Frozen<Pod>[];
  /** All nodes, and what nodes that are gone have left. */
  readonly nodes: readonly NodePods[];
}

interface Difference extends Observed {
  readonly set: Frozen<DaemonSet>;
  readonly hash: string;
  /** Undefined while it is not known yet what came of the last turn. */
  readonly changes: Changes | undefined;
}

/**
 * Keeps a pod of a template on each node that it suits, as Kubernetes' pkg/controller/daemon does. It watches
 * DaemonSets, nodes, pods and ControllerRevisions; it owns the pods and the revisions, and writes the status. Pods are
 * bound by the default scheduler, which a required node affinity leaves one node to choose from.
 */
export const daemonSet = defineLoop<Frozen<DaemonSet>, Observed, Difference, FailureMemory>({
  name: "daemon-set",
  component: "daemonset-controller",
  account: "daemon-set-controller",
  watches: [
    watch<DaemonSet, FailureMemory>({
      kind: daemonSetKind,
      indexes: { namespace: byNamespace },
      keys({ type, object }, { memory }) {
        if (type === "deleted") memory.delete(keyOf(object));
        return [keyOf(object)];
      },
    }),
    watch<Pod>({
      kind: podKind,
      openTo: daemonSetKind.kind,
      indexes: { controller: byController, orphans: orphansByNamespace },
      keys: (change, { listers }) => concerned(change, { kind: daemonSetKind, listers }),
      expectedBy: (object, listers) => controllerKey(object, { kind: daemonSetKind, listers }),
    }),
    // As in Kubernetes, only looked at: what somebody does to them by hand waits until there is something else to do.
    watch<ControllerRevision>({
      kind: controllerRevision,
      openTo: daemonSetKind.kind,
      indexes: { controller: byController, orphans: orphansByNamespace },
    }),
    watch<Node>({ kind: nodeKind, keys: (change, { listers }) => suitedOtherwise(change, listers) }),
  ],
  begin: () => new Map(),

  // What is being deleted is left to the garbage collector, its history included.
  obtain(key, listers) {
    const set = listers.of(daemonSetKind).get(key);
    return set?.metadata.deletionTimestamp === undefined ? set : undefined;
  },

  observe(set, listers) {
    const { uid = "", namespace = "" } = set.metadata;
    const all = listers.of(podKind);
    const candidates = [...all.by("controller", uid), ...all.by("orphans", namespace)];
    const { selector } = set.spec;
    const owned = claim<Pod>({ owner: set, ownerKind: daemonSetKind, selector, kind: podKind, candidates });
    const history = historyOf<DaemonSet>({ owner: set, ownerKind: daemonSetKind, listers, hashLabel });
    return { history, claims: owned.actions, pods: owned.claimed, nodes: sortedByNode(set, owned.claimed, listers) };
  },

  difference(set, observed, turn) {
    const hash = observed.history.newest.metadata.labels?.[hashLabel] ?? "";
    const changes = turn.expectationsMet ? changesOf({ set, hash, ...observed, changes: undefined }, turn) : undefined;
    return { set, hash, ...observed, changes };
  },

  reconcile(difference, turn): Plan {
    const { set, hash, history, claims, changes, nodes } = difference;
    if (history.isNameTaken) return renumber(difference);
    const { nowMs } = turn;
    const observedGeneration = (changes ? set.metadata.generation : set.status.observedGeneration) ?? 0;
    const status = statusWrite(set, statusOf(set, { hash, nodes, observedGeneration, nowMs }));
    const { minReadySeconds = 0 } = set.spec;
    const wait = earliest(changes?.againAfterMs, nextAvailabilityMs(difference.pods, { minReadySeconds, nowMs }));
    return {
      actions: [
        ...claims,
        ...history.actions,
        ...(changes ? podWrites(difference, changes, turn) : []),
        ...withoutDuplicates(difference),
        ...forgotten(difference),
        ...status,
      ],
      ...(wait === undefined ? {} : { againAfterMs: wait }),
      onFailure: () => status,
    };
  },
});

/** The DaemonSets of which a node, as it is now, is to have something else than before. */
function suitedOtherwise({ type, object, previous }: Change<Node>, listers: Listers): string[] {
  const isSame =
    previous !== undefined &&
    jsonEqual(previous.metadata.labels, object.metadata.labels) &&
    jsonEqual(previous.spec.taints, object.spec.taints);
  if (isSame) return [];
  const keys: string[] = [];
  for (const set of listers.of(daemonSetKind).values()) {
    const placed = placementFor(set);
    const after = placed(object);
    const concerns = type === "updated" && previous ? !jsonEqual(placed(previous), after) : after.mayStay;
    if (concerns || type === "deleted") keys.push(keyOf(set));
  }
  return keys;
}

/** Each node with its daemons; those that ended and are being deleted make room already. */
function sortedByNode(set: Frozen<DaemonSet>, pods: readonly Frozen<Pod>[], listers: Listers): NodePods[] {
  const byNode = new Map<string, Frozen<Pod>[]>();
  for (const pod of pods) {
    const name = targetNode(pod);
    if (name === undefined || (isPodTerminated(pod) && pod.metadata.deletionTimestamp !== undefined)) continue;
    byNode.set(name, [...(byNode.get(name) ?? []), pod]);
  }
  const placed = placementFor(set);
  const nodes: NodePods[] = [];
  for (const node of listers.of(nodeKind).values()) {
    const { name } = node.metadata;
    nodes.push({ node: name, placement: placed(node), pods: byNode.get(name) ?? [] });
    byNode.delete(name);
  }
  for (const [node, left] of byNode) nodes.push({ node, placement: undefined, pods: left });
  return nodes;
}

/** First what nodes lack or have too much of; only where that is in order an update goes on. */
function changesOf(difference: Difference, { key, memory, nowMs, uptimeMs }: Turn<FailureMemory>): Changes {
  const { set, hash, nodes } = difference;
  const failures = failuresOf(memory, key, set.status.observedGeneration ?? 0);
  const changes: Changes = { create: [], remove: [], tell: [], againAfterMs: undefined };
  const about = { set, hash, surges: surges(set), failures, nowMs, uptimeMs };
  for (const { node, placement, pods } of nodes) {
    if (placement) manageNode({ ...about, node, placement, pods }, changes);
    // Nobody would bind them, and no kubelet ends them.
    else changes.remove.push(...pods.filter(({ spec }) => !spec.nodeName));
  }
  if (changes.create.length > 0 || changes.remove.length > 0) return changes;
  if (set.spec.updateStrategy?.type !== "RollingUpdate") return changes;
  const concernedNodes = nodes.filter(({ placement, pods }) => placement?.shouldRun || pods.length > 0);
  const step = rollOut({ set, hash, nodes: concernedNodes, nowMs });
  return { ...changes, create: [...step.create], remove: [...step.remove] };
}

/** Daemons that go, then those that come: what cannot be made must not keep what is too much. */
function podWrites({ set, hash }: Difference, { create, remove, tell }: Changes, turn: Turn): Action[] {
  const removals = remove.slice(0, burstReplicas).map((each) => removalOf(set, each));
  const creations = create.slice(0, burstReplicas).map((node): Action => {
    const name = turn.newName(`${set.metadata.name}-`);
    return {
      op: "create",
      kind: podKind,
      object: newDaemon({ set, name, node, hash }),
      expected: true,
      report: { about: set, type: "Normal", reason: "SuccessfulCreate", message: `Created pod: ${name}` },
      failureReport: { about: set, type: "Warning", reason: "FailedCreate", message: "Error creating: " },
    };
  });
  return [...tell, ...together(removals), ...slowStart(creations)];
}

function removalOf(set: Frozen<DaemonSet>, { metadata }: Frozen<Pod>): Action {
  const { namespace, name, uid = "" } = metadata;
  return {
    op: "delete",
    kind: podKind,
    namespace,
    name,
    uid,
    expected: metadata.deletionTimestamp === undefined,
    report: { about: set, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${name}` },
    failureReport: { about: set, type: "Warning", reason: "FailedDelete", message: "Error deleting: " },
  };
}

/** Of revisions that are equal one is kept; pods of the others are pods of that one. */
function withoutDuplicates({ hash, history, pods }: Difference): Action[] {
  const hashes = new Set(history.duplicates.map(({ metadata }) => metadata.labels?.[hashLabel]));
  const relabelled = pods
    .filter(({ metadata }) => hashes.has(metadata.labels?.[hashLabel]) && metadata.labels?.[hashLabel] !== hash)
    .map(({ metadata: { namespace, name, uid } }): Action => {
      const patch = { metadata: { uid, labels: { [hashLabel]: hash } } };
      return { op: "patch", kind: podKind, namespace, name, patch, accept: ["NotFound"] };
    });
  return [...relabelled, ...history.duplicates.map(deletionOfRevision)];
}

/** The oldest revisions beyond the limit, unless there are pods of them. */
function forgotten({ set, history, pods }: Difference): Action[] {
  const { revisions, newest, duplicates } = history;
  const used = new Set(pods.map(({ metadata }) => metadata.labels?.[hashLabel]));
  const old = revisions.filter((each) => each.metadata.name !== newest.metadata.name && !duplicates.includes(each));
  const surplus = old.length - (set.spec.revisionHistoryLimit ?? 10);
  const unused = old.filter(({ metadata }) => !used.has(metadata.labels?.[hashLabel]));
  return unused.slice(0, Math.max(0, surplus)).map(deletionOfRevision);
}

/** Another hash, and with it another name: the next turn notes the revision under that. */
function renumber({ set, claims }: Difference): Plan {
  const collisionCount = (set.status.collisionCount ?? 0) + 1;
  return { actions: [...claims, ...statusWrite(set, { ...set.status, collisionCount } as DaemonSet["status"])] };
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
