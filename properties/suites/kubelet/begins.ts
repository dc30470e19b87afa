import { podRequests } from "../../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../../actors/api/types.ts";
import { isAlive, type Run } from "./account.ts";
import { type Facts, hasStarted, isBegunAgain, pauseMsOf, postStartOf } from "./facts.ts";
import { isTerminal, type Part, partsOf, type Story } from "./stories.ts";

/** So long it may take until a kubelet has heard of a change, where nothing is wrong. */
const heardMs = 3_000;
const slackMs = 400;
/** What nodes of this suite have. */
export const nodeMillis = 4_000;

/** What is wrong with a run that has just begun, by the rule that it breaks. */
export type Broken = readonly [rule: BeginRule, details: string];
type BeginRule = "once" | "order" | "policy" | "pause" | "wanted" | "room";

/** Judges a run that has just begun. */
export function whyNotBegun(run: Run, facts: Facts): Broken | undefined {
  const { account, stories } = facts;
  const twin = account.runsOf(run.uid, run.name).find((each) => each !== run && isAlive(each));
  if (twin) return ["once", `${run.name} of ${run.uid} began while ${twin.id.slice(0, 8)} of it runs on ${twin.node}`];
  const story = stories.all.get(run.uid);
  const part = story && partsOf(story.pod).find(({ spec }) => spec.name === run.name);
  if (!story || !part) return ["wanted", `${run.name} of ${run.uid} began, and no pod wants it`];
  const what = `${run.name} of ${story.pod.metadata.name}`;
  const tell = (rule: BeginRule, why: string | undefined): Broken | undefined =>
    why ? [rule, `${what} ${why}`] : undefined;
  return (
    tell("wanted", whyUnwanted(run, story, facts)) ??
    tell("order", whyTooSoon(run, story, { part, facts })) ??
    tell("policy", whyOver(run, story, { part, facts })) ??
    tell("pause", whyHasty(run, part, facts)) ??
    tell("room", whyCrowded(run, story, facts))
  );
}

function whyUnwanted(run: Run, { pod, goneMs, endsMs, overMs }: Story, facts: Facts): string | undefined {
  const nowMs = facts.nowMs();
  if (pod.spec.nodeName !== run.node) return `began on ${run.node}, and is to run on ${pod.spec.nodeName}`;
  if (facts.isTroubled()) return undefined;
  if (goneMs !== undefined && nowMs - goneMs > heardMs) return `began ${nowMs - goneMs} ms after its pod was gone`;
  if (endsMs !== undefined && nowMs - endsMs > heardMs) return `began ${nowMs - endsMs} ms after its pod was deleted`;
  const isOver = isTerminal(pod) && overMs !== undefined && nowMs - overMs > heardMs;
  return isOver ? `began, and its pod has ${pod.status.phase}` : undefined;
}

interface About {
  readonly part: Part;
  readonly facts: Facts;
}

/** In each sandbox init containers come one after the other, beside the sidecars before them, and then the others. */
function whyTooSoon(run: Run, { pod, uid }: Story, { part, facts }: About): string | undefined {
  if (part.role === "ephemeral") return undefined;
  const parts = partsOf(pod);
  const before = parts.slice(
    0,
    parts.findIndex(({ spec }) => spec.name === run.name),
  );
  for (const each of before) {
    if (each.role === "main") break;
    const name = each.spec.name;
    const runs = facts.account.runsOf(uid, name).filter(({ sandbox }) => sandbox === run.sandbox);
    const isDone =
      each.role === "init" ? runs.some(hasEndedWell) : runs.some((other) => isInitialized(other, each, facts));
    if (!isDone) return `began before ${name} had ${each.role === "init" ? "ended well" : "started"}`;
  }
  return undefined;
}

const hasEndedWell = ({ exitCode }: Run) => exitCode === 0;

/** Whether a sidecar has started, and its hook has gone well, where this life of its kubelet began it. */
function isInitialized(run: Run, part: Part, facts: Facts): boolean {
  const isOlder = (run.startedMs ?? 0) < facts.bornMs(run.node);
  const isHooked = !isOlder && !facts.isTroubled() && (postStartOf(run, part) ?? "done") !== "done";
  return hasStarted(run, part) && !isHooked;
}

/** Whether what ended was to end for good. */
function whyOver(run: Run, story: Story, { part, facts }: About): string | undefined {
  const before = facts.account
    .runsOf(run.uid, run.name)
    .findLast((each) => each !== run && each.startedMs !== undefined);
  if (!before || isRestartedAnyway(before, part, story)) return undefined;
  if (before.isLost) {
    const wasTold = JSON.stringify(story.pod.status).includes(before.id);
    const isOnce = part.role === "main" && story.pod.spec.restartPolicy === "Never" && wasTold;
    return isOnce ? "began again after its computer had lost power" : undefined;
  }
  const { exitCode = 0 } = before;
  // In another sandbox init containers come first once more.
  if (part.role === "init" && before.sandbox !== run.sandbox) return undefined;
  if (isBegunAgain(story, part, exitCode)) return undefined;
  return `began again after it had ended with ${exitCode}, its pod's policy is ${story.pod.spec.restartPolicy}`;
}

/** Another image, or other resources, are another run, whatever the policy is. */
export function isRestartedAnyway(before: Run, { spec }: Part, { respecMs = 0, unsizedMs = 0 }: Story): boolean {
  // What could not be granted at once may be later.
  return before.image !== spec.image || Math.max(respecMs, unsizedMs) > before.madeMs;
}

function whyHasty(run: Run, _part: Part, facts: Facts): string | undefined {
  const runs = facts.account.runsOf(run.uid, run.name);
  const before = runs.findLast((each) => each !== run && each.exitedMs !== undefined && !each.isLost);
  if (!before || before.sandbox !== run.sandbox || before.exitedMs === undefined) return undefined;
  if (before.image !== run.image) return undefined;
  const { inLife } = facts.begun(run.uid, run.name);
  const pausedMs = facts.nowMs() - before.exitedMs;
  if (pausedMs >= pauseMsOf(inLife) - slackMs) return undefined;
  return `began again after ${Math.round(pausedMs)} ms, for time ${inLife}`;
}

const requestOf = (pod: Frozen<Pod>) => podRequests(pod.spec).get("cpu") ?? 0;
const sidecarsOf = ({ initContainers = [] }: Frozen<Pod>["spec"]) =>
  initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
const hostPortsOf = ({ spec }: Frozen<Pod>) =>
  [...spec.containers, ...sidecarsOf(spec)].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort }) => (hostPort ? [hostPort] : [])),
  );

/** Pods that run together fit on their node together. */
function whyCrowded(run: Run, story: Story, { stories, account }: Facts): string | undefined {
  // Others may have taken back that one was turned away.
  if ((story.goneMs ?? story.overMs) !== undefined) return undefined;
  const isHere = ({ pod, uid, goneMs, overMs }: Story) =>
    goneMs === undefined &&
    overMs === undefined &&
    pod.spec.nodeName === run.node &&
    !isTerminal(pod) &&
    account.allOf(uid).some(isAlive);
  const here = [...stories.all.values()].filter(isHere);
  const isChanged = here.some(({ respecMs }) => respecMs !== undefined);
  const sum = here.reduce((all, { pod }) => all + requestOf(pod), 0);
  if (sum > nodeMillis && !isChanged) return `began where ${sum}m are asked for of ${nodeMillis}m`;
  const ports = new Set(hostPortsOf(story.pod));
  const rival = here.find((each) => each !== story && hostPortsOf(each.pod).some((port) => ports.has(port)));
  return rival && `began where ${rival.pod.metadata.name} has its port`;
}

/** Why a pod may be turned away, if there is any reason: it, and all that may count beside it, are too much. */
export function mayBeRejected(story: Story, { stories, nowMs }: Facts, knownMs: number): boolean {
  const { pod } = story;
  const isBeside = (each: Story) =>
    each !== story &&
    each.pod.spec.nodeName === pod.spec.nodeName &&
    (each.goneMs === undefined || nowMs() - each.goneMs < knownMs);
  const others = [...stories.all.values()].filter(isBeside);
  const sum = others.reduce((all, each) => all + requestOf(each.pod), requestOf(pod));
  if (sum > nodeMillis) return true;
  const ports = new Set(hostPortsOf(pod));
  if (others.some((each) => hostPortsOf(each.pod).some((port) => ports.has(port)))) return true;
  return Object.keys(pod.spec.nodeSelector ?? {}).length > 0;
}
