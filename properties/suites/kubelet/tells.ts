import type { Frozen, Pod } from "../../../actors/api/types.ts";
import { backward } from "../../invariants/pods_go_forward.ts";
import type { ModelChange } from "../model/messages.ts";
import { isAlive, type Run } from "./account.ts";
import { mayBeRejected } from "./begins.ts";
import { isDone, isPastDeadline } from "./ends.ts";
import { type Facts, postStartOf } from "./facts.ts";
import { isKubelet, isTerminal, type Part, partsOf, type Story } from "./stories.ts";

/** What is wrong with what a kubelet has written, by the rule that it breaks. */
export type Broken = readonly [rule: "forward" | "gone" | "own" | "reasons" | "told", details: string];

type Statuses = NonNullable<Frozen<Pod>["status"]["containerStatuses"]>;

const idPrefix = "containerd://";
/** A computer answers before it tells. */
const knownMs = 5_000;
/** Longer than anything here lasts, for what may have been known when something was wrong. */
const longMs = 200_000;

/** Judges a change of a pod; its story has it already. */
export function whyNotTold({ by, object, previous }: ModelChange, story: Story, facts: Facts): Broken | undefined {
  if (!isKubelet(by)) return undefined;
  const { name } = story.pod.metadata;
  const tell = (rule: Broken[0], why: string | undefined): Broken | undefined =>
    why ? [rule, `${name} ${why}`] : undefined;
  const isEnd = object === undefined || object.metadata.deletionGracePeriodSeconds === 0;
  const alive = facts.account.allOf(story.uid).find(isAlive);
  if (isEnd && alive && previous?.metadata.deletionGracePeriodSeconds !== 0)
    return tell("gone", `was deleted while ${alive.name} of it runs`);
  if (!object || !previous) return undefined;
  const [before, after] = [previous as unknown as Frozen<Pod>, object as unknown as Frozen<Pod>];
  const isUnheard = story.isOverByOthers && facts.isTroubled();
  return (
    (isUnheard ? undefined : tell("forward", backward(before.status, after.status))) ??
    tell("own", whyStrange(after, story, facts)) ??
    tell("told", whyUntrue(after, story, facts)) ??
    (isTerminal(after) && !isTerminal(before) ? tell("reasons", whyNotOver(after, story, facts)) : undefined)
  );
}

/** All that a status says of containers. */
export function statusesOf({ status }: Frozen<Pod>): Statuses {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
}

/** A pod's status speaks of its own containers and sandboxes, whoever bore its name before. */
function whyStrange(pod: Frozen<Pod>, { uid }: Story, { account }: Facts): string | undefined {
  for (const { containerID, state, lastState, name } of statusesOf(pod)) {
    for (const id of [containerID, state?.terminated?.containerID, lastState?.terminated?.containerID]) {
      const run = id === undefined ? undefined : account.runs.get(id.slice(idPrefix.length));
      if (id !== undefined && (run?.uid !== uid || run.name !== name))
        return `tells of ${id.slice(0, 24)}, which is not its ${name}`;
    }
  }
  const { podIP } = pod.status;
  if (!podIP || pod.spec.hostNetwork) return undefined;
  const isOwn = [...account.sandboxes.values()].some((each) => each.uid === uid && each.ip === podIP);
  return isOwn ? undefined : `tells of ${podIP}, which was never its own`;
}

/** What a status says is so: it may be late, and never ahead. */
function whyUntrue(pod: Frozen<Pod>, story: Story, facts: Facts): string | undefined {
  const { uid, endsMs = story.overMs } = story;
  for (const { containerID = "", state, name, ready, restartCount } of statusesOf(pod)) {
    const run = facts.account.runs.get(containerID.slice(idPrefix.length));
    const part = partsOf(pod).find(({ spec }) => spec.name === name);
    const made = facts.account.runsOf(uid, name).length;
    if (restartCount > Math.max(0, made - 1))
      return `tells ${restartCount} restarts of ${name}, which was made ${made} times`;
    if (!run || !part) continue;
    if (state?.running && run.startedMs === undefined) return `tells that ${name} runs, which never began`;
    // Who ends does not wait for its hook.
    const isEnding = endsMs !== undefined || isPastDeadline(story, facts) || isDone(story, facts);
    if (state?.running && !isEnding && isHooked(run, part, facts))
      return `tells that ${name} runs, whose hook is not done`;
    const exitCode = state?.terminated?.exitCode;
    const isIt = state?.terminated?.containerID === containerID;
    if (exitCode !== undefined && isIt && run.exitCode !== undefined && exitCode !== run.exitCode && !run.isLost)
      return `tells that ${name} ended with ${exitCode}, it did with ${run.exitCode}`;
    if (exitCode !== undefined && isIt && isAlive(run)) return `tells that ${name} has ended, and it runs`;
    const isProbed = ready && state?.running && part.spec.readinessProbe && part.role !== "init";
    if (isProbed && !run.wasReady) return `tells that ${name} is ready, which its probe never found`;
  }
  return undefined;
}

/** Whether its postStart hook has not ended, where this life of its kubelet began it. */
function isHooked(run: Run, part: Part, facts: Facts): boolean {
  const isOlder = (run.startedMs ?? 0) < facts.bornMs(run.node);
  return !isOlder && !facts.isTroubled() && postStartOf(run, part) === "under way";
}

/** A pod's phase says how it went when nothing of it runs, or will run again. */
function whyNotOver(pod: Frozen<Pod>, story: Story, facts: Facts): string | undefined {
  const { account, isTroubled } = facts;
  const { phase, reason } = pod.status;
  const runs = account.allOf(story.uid);
  const alive = runs.find(isAlive);
  if (alive && partsOf(pod).some(({ spec, role }) => spec.name === alive.name && role !== "sidecar"))
    return `has ${phase}, and ${alive.name} of it runs`;
  // Others may have said so before, and taken it back.
  if (story.overMs !== facts.nowMs()) return undefined;
  if (reason === "DeadlineExceeded") return isPastDeadline(story, facts) ? undefined : "failed before its deadline";
  if (runs.length === 0 && phase === "Failed" && story.endsMs === undefined) {
    return mayBeRejected(story, facts, isTroubled() ? longMs : knownMs) ? undefined : `was turned away by ${reason}`;
  }
  if (story.endsMs === undefined && !isDone(story, facts)) return `has ${phase}, and is not done`;
  return whyOtherwise(pod, story, facts);
}

/** Succeeded, where all that it is for ended well; else failed. */
function whyOtherwise(pod: Frozen<Pod>, { uid }: Story, { account }: Facts): string | undefined {
  const { phase } = pod.status;
  const lasts = partsOf(pod)
    .filter(({ role }) => role === "main")
    .map(({ spec }) => account.runsOf(uid, spec.name).at(-1));
  if (lasts.some((run) => run === undefined || run.isLost)) return undefined;
  const isWell = lasts.every((run) => run?.exitCode === 0);
  return isWell === (phase === "Succeeded")
    ? undefined
    : `has ${phase}, where its containers ended with ${lasts.map((run) => run?.exitCode).join(", ")}`;
}
