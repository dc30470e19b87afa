import { getCondition } from "../../../actors/api/conditions.ts";
import type { Frozen, Node } from "../../../actors/api/types.ts";
import type { ModelChange } from "../model/messages.ts";
import { createRoll, type Known, type Roll } from "./roll.ts";
import { isOn, type NodesRun, nodeNamed, type Spell } from "./run.ts";

/** The rules of this suite, by what reports call them. */
export const nodesRules = {
  lost: "nodes that nobody hears of are held for lost in time, and no others",
  paced: "nodes of a zone are given up one by one, and none where most are lost",
  opened: "nodes that are well again are open again",
  ends: "lost nodes lose their pods, and others do not",
  rest: "at the fixpoint nobody writes",
};

type Rule = keyof typeof nodesRules;
/** Something that is wrong. */
export interface Found {
  readonly rule: Rule;
  readonly details: string;
}

const [graceMs, noticedMs, openedMs, paceMs, knownMs] = [50_000, 3_000, 3_000, 9_000, 500];
const [fewMax, manyShare] = [2, 0.55];
/** Pods of a node that is gone go after forty seconds; to end takes them a moment. */
const [collectedMs, endsMs] = [45_000, 5_000];

/** Holds what becomes of nodes and pods against what was heard of them. */
export interface NodesJudge {
  take(change: ModelChange): Found | undefined;
  /** Called now and then. */
  look(nowMs: number): Found | undefined;
  /** Called when nothing has happened for long. */
  end(nowMs: number): Found | undefined;
}

/** Begins with nothing known. */
export function createNodesJudge(run: NodesRun): NodesJudge {
  const roll = createRoll();
  /** Else loops may have heard less, and may be late. */
  const isCalm = run.faults.length + run.lapses.length === 0;
  /** When the last node of each zone was given up. */
  const givenUpMs = new Map<string, number>();

  function judged(known: Known, change: ModelChange): Found | undefined {
    const { node, heardMs, zone } = known;
    const { atMs } = change;
    const before = change.previous as Frozen<Node> | undefined;
    if (statusOf(node) === "Unknown" && before && statusOf(before) !== "Unknown" && atMs - heardMs < graceMs)
      return { rule: "lost", details: `${known.name} is held for lost, and was heard of ${atMs - heardMs} ms before` };
    if (evictingOf(node).length === 0 || (before && evictingOf(before).length > 0)) return undefined;
    const sinceMs = atMs - (givenUpMs.get(zone) ?? Number.NEGATIVE_INFINITY);
    givenUpMs.set(zone, atMs);
    const why = sinceMs < paceMs ? `${sinceMs} ms after another one` : whyKept(roll, zone, atMs);
    return why === undefined ? undefined : { rule: "paced", details: `${known.name} was given up ${why}` };
  }

  function lookAt({ name, node, heardMs, readyMs }: Known, nowMs: number): Found | undefined {
    const status = statusOf(node);
    if (status !== "Unknown" && nowMs - heardMs > graceMs + noticedMs)
      return { rule: "lost", details: `nothing was heard of ${name} for ${nowMs - heardMs} ms, and it is ${status}` };
    const taints = keysOf(node).filter((each) => !isCordon(each));
    if (readyMs !== undefined && nowMs - readyMs > openedMs && taints.length > 0)
      return { rule: "opened", details: `${name} has been ready for ${nowMs - readyMs} ms, and has ${taints}` };
    return undefined;
  }

  return {
    take(change) {
      const known = roll.take(change);
      return known && isCalm && change.by ? judged(known, change) : undefined;
    },
    look: (nowMs) => (isCalm ? first([...roll.nodes.values()].map((each) => lookAt(each, nowMs))) : undefined),
    end(nowMs) {
      const ofNodes = run.zones.map((_zone, index) =>
        whyOther(run, roll.nodes.get(nodeNamed(index)), { index, nowMs }),
      );
      return first([
        ...ofNodes,
        ...[...roll.nodes.values()].map((each) => whyNotGivenUp(roll, each)),
        ...run.pods.map((_pod, index) => whyPod(roll, run, { index, nowMs })),
      ]);
    },
  };
}

function first(found: readonly (Found | undefined)[]): Found | undefined {
  return found.find((each) => each !== undefined);
}

/** Why no node of a zone may be given up: for as long as loops need to know of it. */
function whyKept(roll: Roll, zone: string, atMs: number): string | undefined {
  const all = [...roll.nodes.values()];
  if (all.some(({ changedMs }) => atMs - changedMs < knownMs)) return undefined;
  const isLost = ({ node }: Known) => statusOf(node) !== "True";
  const here = all.filter((each) => each.zone === zone);
  const lost = here.filter(isLost).length;
  if (all.every(isLost)) return "when no node was well";
  const isMost = lost < here.length && lost > fewMax && lost / here.length >= manyShare;
  return isMost ? `when ${lost} of ${here.length} nodes of its zone were not well` : undefined;
}

interface At {
  readonly index: number;
  readonly nowMs: number;
}

/** What is wrong with a node at the end, by what its kubelet and users did. */
function whyOther({ workload }: NodesRun, known: Known | undefined, { index, nowMs }: At): Found | undefined {
  const is = (what: Spell["what"]) =>
    workload.some((each) => each.node === index && each.what === what && isOn(each, nowMs));
  if (is("gone") || !known) return undefined;
  const status = is("silent") ? "Unknown" : is("notReady") ? "False" : "True";
  const { node, name } = known;
  const found = statusOf(node);
  if (found !== status)
    return { rule: "lost", details: `${name} is Ready ${found} at the end, and is to be ${status}` };
  const taint = { Unknown: ["unreachable"], False: ["not-ready"], True: [] }[status];
  const wanted = [...taint, ...(node.spec.unschedulable ? ["unschedulable"] : [])].map((each) => `${prefix}${each}`);
  const has = (node.spec.taints ?? []).filter(({ effect }) => effect === "NoSchedule").map(({ key }) => key);
  if (has.toSorted().join() !== wanted.toSorted().join())
    return { rule: "opened", details: `${name} is ${status}, and keeps pods away by ${has.join() || "nothing"}` };
  const evicting = evictingOf(node);
  const isOther = evicting.some((key) => !wanted.includes(key));
  return isOther ? { rule: "opened", details: `${name} is ${status}, and drives pods off by ${evicting}` } : undefined;
}

/** Which nodes are given up at the end, where it does not count when that was. */
function whyNotGivenUp(roll: Roll, { name, node, zone }: Known): Found | undefined {
  if (statusOf(node) === "True") return undefined;
  const all = [...roll.nodes.values()];
  const isLost = (each: Known) => statusOf(each.node) !== "True";
  const isGivenUp = evictingOf(node).length > 0;
  if (all.every(isLost))
    return isGivenUp ? { rule: "paced", details: `${name} is given up, and no node is well` } : undefined;
  const here = all.filter((each) => each.zone === zone);
  const lost = here.filter(isLost).length;
  const isMost = lost < here.length && lost > fewMax && lost / here.length >= manyShare;
  return isMost || isGivenUp
    ? undefined
    : { rule: "ends", details: `${name} has been ${statusOf(node)} for long, and is not given up` };
}

function whyPod(roll: Roll, { pods }: NodesRun, { index, nowMs }: At): Found | undefined {
  const { node: at = 0, bearsSeconds = 0 } = pods[index] ?? {};
  const [name, on] = [`pod-${index}`, nodeNamed(at)];
  const pod = roll.pods.get(name);
  const known = roll.nodes.get(on);
  const wrong = (what: string): Found => ({ rule: "ends", details: `${name} ${what}` });
  if (!pod) return roll.shaken.has(on) ? undefined : wrong(`is gone, and nothing was wrong with ${on}`);
  const goneMs = roll.goneMs.get(on);
  if (!known)
    return goneMs !== undefined && nowMs - goneMs > collectedMs ? wrong(`is there, and ${on} is gone`) : undefined;
  const bornMs = bearsSeconds === "ever" ? Number.POSITIVE_INFINITY : bearsSeconds * 1_000;
  const { evictsMs } = known;
  if (evictsMs !== undefined && nowMs - evictsMs > bornMs + endsMs)
    return wrong(`bears that ${on} is given up for ${bornMs} ms, and is there after ${nowMs - evictsMs} ms`);
  const isReady = getCondition(pod.status.conditions, "Ready")?.status === "True";
  return statusOf(known.node) === "Unknown" && isReady ? wrong(`is ready, and ${on} is lost`) : undefined;
}

const prefix = "node.kubernetes.io/";
const isCordon = (key: string) => key === `${prefix}unschedulable`;
const statusOf = ({ status }: Frozen<Node>) => getCondition(status.conditions, "Ready")?.status;
const keysOf = ({ spec }: Frozen<Node>) => (spec.taints ?? []).map(({ key }) => key);

/** What of a node drives pods off it. */
function evictingOf({ spec }: Frozen<Node>): readonly string[] {
  return (spec.taints ?? []).filter(({ effect }) => effect === "NoExecute").map(({ key }) => key);
}
