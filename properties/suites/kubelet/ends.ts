import { isAlive, type Run } from "./account.ts";
import { isRestartedAnyway } from "./begins.ts";
import { type Facts, isBegunAgain, postStartOf } from "./facts.ts";
import { failedProbe, partOf } from "./probing.ts";
import { ownGraceMs, type Part, partsOf, type Story } from "./stories.ts";

/** What no pod wants any more is given less. */
const orphanMs = 2_000;
const slackMs = 60;
/** So much longer a slow runtime takes at most. */
const slowMsMax = 2_000;
const killed = 137;

/** What is wrong with the end of a run, by the rule that it breaks. */
export type Broken = readonly [rule: "grace" | "hook" | "needless", details: string];

/** Judges that a runtime is asked to stop a run. */
export function whyNotStopped(run: Run, facts: Facts): Broken | undefined {
  const story = facts.stories.all.get(run.uid);
  const part = partOf(run, facts);
  if (!isAlive(run) || !story || !part) return undefined;
  const what = `${run.name} of ${story.pod.metadata.name}`;
  const why = facts.isTroubled() ? undefined : whyNeedless(run, story, { part, facts });
  if (why) return ["needless", `${what} ${why}`];
  if (story.goneMs !== undefined) return undefined;
  const hook = whyUnhooked(run, story, { part, facts });
  if (hook) return ["hook", `${what} ${hook}`];
  const brief = whyBrief(run, story, { part, facts });
  return brief ? ["grace", `${what} ${brief}`] : undefined;
}

interface About {
  readonly part: Part;
  readonly facts: Facts;
}

/** The least that a run may be given, of all that it was ever given. */
function graceOf(run: Run, { pod, graces, goneMs }: Story, part: Part): number {
  const orphan = goneMs === undefined ? [] : [orphanMs];
  const probe = failedProbe(run, part);
  const { terminationGracePeriodSeconds } = (probe && part.spec[`${probe}Probe`]) ?? {};
  const probed = terminationGracePeriodSeconds === undefined ? [] : [terminationGracePeriodSeconds * 1_000];
  return Math.min(ownGraceMs(pod), ...graces, ...orphan, ...probed);
}

/** When its end began, as can be seen from outside: with its deletion, its hook, or the first that was stopped of its pod. */
function endsSinceMs(run: Run, story: Story, facts: Facts): number {
  const { endsMs, overMs } = story;
  const { account, nowMs } = facts;
  const hooks = [...run.hooks.values()].map(({ atMs }) => atMs);
  // What failed to start is kept from beginning by being stopped.
  const began = account.allOf(run.uid).filter(({ startedMs }) => startedMs !== undefined);
  const stops = began.flatMap((each) => each.stops.map(({ atMs }) => atMs));
  return Math.min(
    nowMs(),
    endsMs ?? overMs ?? Number.POSITIVE_INFINITY,
    overMs ?? nowMs(),
    deadlineMs(story, facts),
    ...hooks,
    ...stops,
  );
}

function whyBrief(run: Run, story: Story, { part, facts }: About): string | undefined {
  const graceMs = graceOf(run, story, part);
  const [stop] = run.stops.slice(-1);
  // Of hooks that sleep nothing is to be seen, of its own and of those that it waits for.
  const sleeps = partsOf(story.pod).map(({ spec }) => spec.lifecycle?.preStop?.sleep?.seconds ?? 0);
  const sleptMs = Math.max(...sleeps) * 1_000;
  const hasMs = facts.nowMs() - endsSinceMs(run, story, facts) + sleptMs + (stop?.timeoutMs ?? 0);
  // A slow runtime hears late of the hook with which it all began.
  const heardMs = facts.isTroubled() && run.hooks.size > 0 ? slowMsMax : 0;
  if (hasMs + heardMs >= graceMs - slackMs) return undefined;
  return `is given ${hasMs} ms to end, and has ${graceMs} ms`;
}

function whyUnhooked(run: Run, story: Story, { part, facts }: About): string | undefined {
  const { preStop } = part.spec.lifecycle ?? {};
  const nowMs = facts.nowMs();
  const graceMs = graceOf(run, story, part);
  // Who was asked before has only less time now.
  if (!preStop || graceMs <= 0 || run.stops.length > 1) return undefined;
  if (preStop.exec) {
    const hook = run.hooks.get((preStop.exec.command ?? []).join(" "));
    // A runtime that is slow may not even have begun it when its time is over.
    const isPast = facts.isTroubled() && nowMs - endsSinceMs(run, story, facts) >= graceMs - slackMs;
    if (!hook) return isPast ? undefined : "is stopped, and its hook was not run";
    // Its time is counted from the deletion, though a container that is just starting begins with its hook later.
    const sinceMs = Math.min(hook.atMs, story.endsMs ?? hook.atMs);
    const isOver = hook.endedMs !== undefined || nowMs - sinceMs >= graceMs - slackMs;
    // Who began anew has begun the hook anew, too.
    return isOver || facts.isTroubled() ? undefined : "is stopped while its hook runs";
  }
  const isEarlier =
    failedProbe(run, part) !== undefined ||
    story.overMs !== undefined ||
    isPastDeadline(story, facts) ||
    hasFailedToBegin(run, part) ||
    isRestartedAnyway(run, part, story) ||
    (part.role === "sidecar" && wasDone(story, facts));
  if (preStop.sleep === undefined || story.endsMs === undefined || isEarlier) return undefined;
  const sleepMs = Math.min(preStop.sleep.seconds * 1_000, graceMs);
  const waitedMs = nowMs - story.endsMs;
  return waitedMs >= sleepMs - slackMs
    ? undefined
    : `is stopped ${waitedMs} ms after its deletion, its hook sleeps ${sleepMs} ms`;
}

/** A container that lives well is stopped for a reason only. */
function whyNeedless(run: Run, story: Story, { part, facts }: About): string | undefined {
  const { pod, endsMs, goneMs, overMs } = story;
  if ((endsMs ?? goneMs ?? overMs) !== undefined || failedProbe(run, part)) return undefined;
  if (isRestartedAnyway(run, part, story) || isPastDeadline(story, facts)) return undefined;
  if (hasFailedToBegin(run, part)) return undefined;
  const isRest = part.role === "sidecar" || part.role === "ephemeral";
  if (isRest && isDone(story, facts)) return undefined;
  return `is stopped, and nothing is wrong with it in ${pod.status.phase}`;
}

/** Whether its postStart hook has failed, which ends it. */
export function hasFailedToBegin(run: Run, part: Part): boolean {
  return postStartOf(run, part) === "failed";
}

/** Whether a pod has been active for as long as it may. */
export function isPastDeadline(story: Story, facts: Facts): boolean {
  return facts.nowMs() >= deadlineMs(story, facts);
}

/**
 * When a pod may have been active for as long as it may at the earliest, a second before that: the API tells whole
 * seconds. Who had a wrong clock may think so at any time.
 */
export function deadlineMs({ pod, madeMs }: Story, { wasClockWrong }: Facts): number {
  const { spec, status } = pod;
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds === undefined) return Number.POSITIVE_INFINITY;
  if (wasClockWrong(spec.nodeName ?? "")) return madeMs;
  // Where that was not told yet its kubelet may have begun with it as soon as it was made.
  const sinceMs = status.startTime === undefined ? madeMs : uptimeOf(status.startTime);
  return sinceMs + activeDeadlineSeconds * 1_000 - 1_001;
}

const startMs = Date.UTC(2026, 0, 1);
function uptimeOf(time: string): number {
  return Date.parse(time) - startMs;
}

/** Whether all that a pod is for has ended for good, or cannot begin any more. */
export function isDone(story: Story, { account }: Facts): boolean {
  const parts = partsOf(story.pod);
  const hasEnded = (part: Part): boolean => {
    const run = account.runsOf(story.uid, part.spec.name).at(-1);
    if (!run) return false;
    if (run.isLost && story.pod.spec.restartPolicy === "Never") return true;
    return run.exitedMs !== undefined && !isBegunAgain(story, part, run.exitCode ?? 0);
  };
  const hasFailed = (part: Part) => hasEnded(part) && account.runsOf(story.uid, part.spec.name).at(-1)?.exitCode !== 0;
  const mains = parts.filter(({ role }) => role === "main");
  return mains.every(hasEnded) || parts.some((part) => part.role === "init" && hasFailed(part));
}

/** Whether a pod had come to its own end, with which its sidecars' hooks begin, before it was deleted. */
function wasDone(story: Story, facts: Facts): boolean {
  const { endsMs = Number.POSITIVE_INFINITY, pod, uid } = story;
  const mains = partsOf(pod).filter(({ role }) => role === "main");
  const ended = mains.map(({ spec }) => facts.account.runsOf(uid, spec.name).at(-1)?.exitedMs ?? 0);
  return isDone(story, facts) && Math.max(...ended) < endsMs;
}

/** Judges how a run has ended: it is killed when its time is over, and not before. */
export function whyKilled(run: Run, facts: Facts): Broken | undefined {
  const story = facts.stories.all.get(run.uid);
  const part = partOf(run, facts);
  if (run.exitCode !== killed || run.isLost || run.startedMs === undefined || !story || !part) return undefined;
  const what = `${run.name} of ${story.pod.metadata.name}`;
  const dueMs = Math.min(...run.stops.map(({ atMs, timeoutMs }) => atMs + timeoutMs));
  if (run.stops.length === 0) return ["grace", `${what} was killed, and never asked to end`];
  const earlyMs = dueMs - facts.nowMs();
  return earlyMs > slackMs ? ["grace", `${what} was killed ${earlyMs} ms before its time`] : undefined;
}
