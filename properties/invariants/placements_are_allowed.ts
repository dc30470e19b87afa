import { isPodTerminated } from "../../actors/api/pod.ts";
import { toleratesTaint } from "../../actors/api/toleration.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { recent, remember, type Since } from "./_recent.ts";
import { isTroubled } from "./_trouble.ts";

const [podsPrefix, nodesPrefix] = ["/registry/pods/", "/registry/minions/"];
const hostname = "kubernetes.io/hostname";
/** Schedulers know of what is older, where nothing is wrong. */
const knownMs = 1_500;

interface Seen extends Since {
  readonly node: Frozen<Node>;
}

/**
 * A pod is bound to a node that it may be on: by its selectors, its tolerations and its ports, and by what it asks of
 * those beside it. Of others, and where nothing is wrong of nodes too, what counts has been so for a while.
 */
export const placementsAreAllowed: Invariant = {
  name: "pods are bound where they may be",
  watch(world) {
    const nodes = new Map<string, Seen[]>();
    const boundMs = new Map<string, number>();

    function judge(pod: Frozen<Pod>, name: string, nowMs: number): string | undefined {
      const isCalm = !isTroubled(world, { fromMs: nowMs - 4 * knownMs, toMs: nowMs });
      const known = nodes.get(name) ?? [];
      const versions = isCalm
        ? known.filter((_each, index) => isLately(known[index + 1], nowMs))
        : recent(known, nowMs);
      const reasons = versions.map(({ node }) => whyNotOn(node, pod));
      if (reasons.length > 0 && reasons.every((why) => why !== undefined)) return reasons.at(-1);
      if (!isCalm) return undefined;
      const others = world
        .list<Pod>(podsPrefix)
        .filter(({ metadata }) => nowMs - (boundMs.get(metadata.uid ?? "") ?? nowMs) > knownMs)
        .filter((each) => !isPodTerminated(each) && each.metadata.deletionTimestamp === undefined);
      return whyNotBeside(world, pod, { name, others });
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (object && key.startsWith(nodesPrefix)) {
          remember(nodes, key.slice(nodesPrefix.length), { node: object as Frozen<Node>, fromMs: atMs });
        }
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        const name = pod.spec.nodeName;
        if (!name || (previous as Frozen<Pod> | undefined)?.spec.nodeName) return undefined;
        boundMs.set(pod.metadata.uid ?? "", atMs);
        // Who has made a pod for one node has bound it himself.
        const why = pod.metadata.ownerReferences?.[0]?.kind === "DaemonSet" ? undefined : judge(pod, name, atMs);
        return why && `${key} was bound to ${name}, ${why}`;
      },
    };
  },
};

/** Whether something was replaced so lately that somebody may not know. */
const isLately = (next: Since | undefined, nowMs: number) => next === undefined || nowMs - next.fromMs < knownMs;

function whyNotOn({ metadata, spec }: Frozen<Node>, pod: Frozen<Pod>): string | undefined {
  const labels = metadata.labels ?? {};
  const unlike = Object.entries(pod.spec.nodeSelector ?? {}).find(([key, value]) => labels[key] !== value);
  if (unlike) return `which has not the label ${unlike.join("=")}`;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const isExcluded = terms?.every(({ matchExpressions = [] }) =>
    matchExpressions.some(
      ({ key, operator, values = [] }) => operator === "NotIn" && values.includes(labels[key] ?? ""),
    ),
  );
  if (isExcluded) return "which its affinity excludes";
  const taint = (spec.taints ?? []).find(
    (each) =>
      (each.effect === "NoSchedule" || each.effect === "NoExecute") &&
      !(pod.spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, each)),
  );
  if (taint) return `whose taint ${taint.key} it does not tolerate`;
  return spec.unschedulable ? "which is cordoned" : undefined;
}

interface Beside {
  readonly name: string;
  readonly others: readonly Frozen<Pod>[];
}

function whyNotBeside(world: World, pod: Frozen<Pod>, { name, others }: Beside): string | undefined {
  const here = others.filter(({ spec }) => spec.nodeName === name);
  const ports = portsOf(pod);
  const taker = here.find((each) => portsOf(each).some((port) => ports.includes(port)));
  if (taker) return `where ${taker.metadata.name} has its port`;
  const avoided = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const foe = here.find((each) =>
    avoided.some(({ topologyKey, labelSelector }) => topologyKey === hostname && isLike(each, pod, labelSelector)),
  );
  if (foe) return `where ${foe.metadata.name} is, which it is to be apart from`;
  for (const { whenUnsatisfiable, maxSkew, labelSelector } of pod.spec.topologySpreadConstraints ?? []) {
    if (whenUnsatisfiable !== "DoNotSchedule") continue;
    const like = others.filter((each) => isLike(each, pod, labelSelector));
    const open = world.list<Node>(nodesPrefix).filter((node) => whyNotOn(node, pod) === undefined);
    const counts = open.map(({ metadata }) => like.filter(({ spec }) => spec.nodeName === metadata.name).length);
    const skew = like.filter(({ spec }) => spec.nodeName === name).length + 1 - Math.min(...counts);
    // Pods that are not counted here may make up for one.
    if (skew > maxSkew + 1) return `which makes a skew of ${skew}`;
  }
  return undefined;
}

const portsOf = ({ spec }: Frozen<Pod>) =>
  spec.containers.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => (hostPort ? [hostPort] : [])));

function isLike(
  other: Frozen<Pod>,
  pod: Frozen<Pod>,
  selector: { readonly matchLabels?: Readonly<Record<string, string>> } | undefined,
): boolean {
  if (other.metadata.namespace !== pod.metadata.namespace || other.metadata.uid === pod.metadata.uid) return false;
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => other.metadata.labels?.[key] === value);
}
