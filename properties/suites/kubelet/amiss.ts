import { millisOf } from "../../../actors/api/quantity.ts";
import { isAlive, type Run } from "./account.ts";
import { deadlineMs, hasFailedToBegin, isDone, isPastDeadline } from "./ends.ts";
import { type Facts, hasStarted, isBegunAgain, pauseMsOf } from "./facts.ts";
import { behaviourOf } from "./images.ts";
import { failedProbe, isReadyBy } from "./probing.ts";
import { whyWaits } from "./resizing.ts";
import { isTerminal, isUnsized, ownGraceMs, type Part, partsOf, type Story } from "./stories.ts";
import { statusesOf } from "./tells.ts";
import { isLacking, whyOtherVolumes } from "./volumes.ts";

/** What is amiss, by the rule that it breaks when it stays so. */
export type Amiss = readonly [rule: AmissRule, details: string];
type AmissRule =
  | "cleared"
  | "ends"
  | "hastened"
  | "left"
  | "mirrors"
  | "probes"
  | "ready"
  | "resized"
  | "runs"
  | "sick"
  | "statics"
  | "told"
  | "volumes";

/** How long what is amiss may stay so where nothing is wrong: what could not be made is tried again each 15 s at most. */
export const amissMsMax: Readonly<Record<AmissRule, number>> = {
  ...{
    cleared: 4_000,
    ends: 4_000,
    hastened: 1_000,
    left: 13_000,
    // What ran by an earlier manifest of the same image has its grace first.
    mirrors: 9_000,
    probes: 3_000,
    ready: 3_000,
    resized: 5_000,
    runs: 17_000,
  },
  ...{ sick: 1_200, statics: 17_000, told: 3_000, volumes: 3_000 },
};

const idPrefix = "containerd://";
const slackMs = 1_000;
/** What each container has after its hook, and after those that it waits for. */
const leastMs = 2_000;

/** What is not yet as it should be of a pod, on its computer or in what is told of it. */
export function whatIsAmiss(story: Story, facts: Facts): Amiss | undefined {
  const { pod, goneMs, endsMs } = story;
  const { name } = pod.metadata;
  const tell = (rule: AmissRule, why: string | undefined): Amiss | undefined =>
    why ? [rule, `${name} ${why}`] : undefined;
  // What an earlier life of its kubelet had asked for is only looked for now and then.
  const isOfOneLife = facts.bornMs(pod.spec.nodeName ?? "") < story.madeMs;
  if (goneMs !== undefined) return tell(isOfOneLife ? "cleared" : "left", whyLeft(story, facts));
  if (endsMs !== undefined)
    return tell("hastened", whyNotHastened(story, facts)) ?? tell("ends", whyNotEnded(story, facts));
  if (isTerminal(pod)) return tell("ends", whyNotOver(story, facts));
  if (isPastDeadline(story, facts)) return tell("ends", whyPast(story, facts));
  return (
    tell("runs", whyNotRunning(story, facts)) ??
    tell("sick", whySick(story, facts)) ??
    tell("told", whyUntold(story, facts)) ??
    tell("ready", whyNotReady(story, facts)) ??
    tell("probes", whyUnprobed(story, facts)) ??
    tell("resized", whyNotResized(story, facts)) ??
    tell("volumes", whyOtherVolumes(story, facts))
  );
}

function whyLeft({ uid, goneMs = 0, graces, pod }: Story, { account, nowMs }: Facts): string | undefined {
  const graceMs = Math.max(ownGraceMs(pod), ...graces);
  const alive = account.allOf(uid).find(isAlive);
  // Its containers have their time, in their order; when they are gone nothing else has a reason to stay.
  if (alive && nowMs() - goneMs < graceMs + leastInTurnMs(pod) + slackMs) return undefined;
  if (alive) return `is gone, and ${alive.name} of it runs on ${alive.node}`;
  const sandbox = [...account.sandboxes.values()].find((each) => each.uid === uid && !each.isGone);
  if (sandbox) return `is gone, and its sandbox is there on ${sandbox.node}`;
  return account.volumesOf(uid) ? "is gone, and its volumes are there" : undefined;
}

/** Who is given less time while it ends has no more than that from then on. */
function whyNotHastened(
  { pod, hastenedMs, graces, uid }: Story,
  { account, nowMs, bornMs }: Facts,
): string | undefined {
  if (hastenedMs === undefined) return undefined;
  const hasMs = graces.at(-1) ?? 0;
  const sinceMs = Math.max(hastenedMs, bornMs(pod.spec.nodeName ?? ""));
  if (nowMs() - sinceMs < hasMs + leastInTurnMs(pod) + slackMs) return undefined;
  const alive = account.allOf(uid).find(isAlive);
  return alive && `was given no more than ${hasMs} ms, and ${alive.name} of it runs`;
}

/** Sidecars end one after the other, when all others have, and each has the least there is. */
function leastInTurnMs(pod: Story["pod"]): number {
  return leastMs * (1 + partsOf(pod).filter(({ role }) => role === "sidecar").length);
}

function whyNotEnded({ pod, endsMs = 0, graces, uid }: Story, { account, nowMs, bornMs }: Facts): string | undefined {
  // Who begins anew gives it all of its time once more.
  const sinceMs = Math.max(endsMs, bornMs(pod.spec.nodeName ?? ""));
  if (nowMs() - sinceMs < Math.max(0, ...graces.slice(-1)) + leastInTurnMs(pod) + slackMs) return undefined;
  const alive = account.allOf(uid).find(isAlive);
  if (alive) return `was deleted, and ${alive.name} of it runs`;
  if ((pod.metadata.finalizers ?? []).length === 0) return "was deleted, and is there";
  return isTerminal(pod) ? undefined : `was deleted and does not run, and is ${pod.status.phase}`;
}

/** Somebody else may have said so of a pod that went on until then. */
function whyNotOver({ pod, uid, overMs = 0 }: Story, { account, nowMs, bornMs }: Facts): string | undefined {
  if (nowMs() - Math.max(overMs, bornMs(pod.spec.nodeName ?? "")) < ownGraceMs(pod) + leastMs + slackMs)
    return undefined;
  const alive = account.allOf(uid).find(isAlive);
  return alive && `has ${pod.status.phase}, and ${alive.name} of it runs`;
}

/** Its grace counts from its deadline on. */
function whyPast(story: Story, facts: Facts): string | undefined {
  const { pod, respecMs = 0 } = story;
  if (facts.wasClockWrong(pod.spec.nodeName ?? "")) return undefined;
  const sinceMs = facts.nowMs() - Math.max(deadlineMs(story, facts), respecMs, facts.bornMs(pod.spec.nodeName ?? ""));
  return sinceMs > ownGraceMs(pod) + 2 * leastMs + slackMs
    ? `has passed its deadline, and is ${pod.status.phase}`
    : undefined;
}

/** What its next containers wait for, if that is nothing that they may wait for. */
function whyNotRunning(story: Story, facts: Facts): string | undefined {
  const { account } = facts;
  const { uid, pod } = story;
  if (isLacking(story, facts)) return undefined;
  const sandbox = [...account.sandboxes.values()].findLast((each) => each.uid === uid && !each.isGone);
  if (!sandbox) return isDone(story, facts) ? "has lost its sandbox, and does not say how it went" : "has no sandbox";
  for (const part of partsOf(pod)) {
    const run = account.runsOf(uid, part.spec.name).findLast((each) => each.sandbox === sandbox.id);
    if (!run && isOverBefore(story, part, facts)) continue;
    const why = whyNotBegun(story, { part, run }, facts);
    if (why) return why;
    if (part.role === "init" && run?.exitCode !== 0) return undefined;
    if (part.role === "sidecar" && !isUp(run, part) && !hasBegunMains(story, sandbox.id, facts)) return undefined;
  }
  if (!isDone(story, facts) || partsOf(pod).some((part) => isToBeAnother(story, part, facts))) return undefined;
  // What ran beside it has its grace, too.
  const alive = account.allOf(uid).filter(isAlive);
  const isEnding = alive.some(({ stops, hooks }) => stops.length > 0 || hooks.size > 0);
  return alive.length > 0 && isEnding ? undefined : `is done, and is ${pod.status.phase}`;
}

/** Whether what has ended is to run again whatever its pod's policy is, with another image, which cannot be had. */
function isToBeAnother({ uid }: Story, { spec: { name, image = "" } }: Part, { account }: Facts): boolean {
  const run = account.runsOf(uid, name).at(-1);
  return run !== undefined && run.image !== image && behaviourOf(image).missing === true;
}

/** Whether those that come after a sidecar may begin beside it. */
function isUp(run: Run | undefined, part: Part): boolean {
  return run !== undefined && isAlive(run) && hasStarted(run, part) && !hasFailedToBegin(run, part);
}

/** Whether a pod was through with what comes first, in this sandbox: then it need not be so any more. */
function hasBegunMains({ pod, uid }: Story, sandbox: string, { account }: Facts): boolean {
  const mains = partsOf(pod).filter(({ role }) => role === "main");
  return mains.some(({ spec }) => account.runsOf(uid, spec.name).some((each) => each.sandbox === sandbox));
}

/** In another sandbox what had ended for good does not begin again. */
function isOverBefore(story: Story, part: Part, { account }: Facts): boolean {
  const before = account.runsOf(story.uid, part.spec.name).at(-1);
  if (part.role === "ephemeral") return before !== undefined;
  return part.role === "main" && before !== undefined && !isBegunAgain(story, part, before.exitCode ?? 137);
}

interface Place {
  readonly part: Part;
  readonly run: Run | undefined;
}

function whyNotBegun(story: Story, { part, run }: Place, facts: Facts): string | undefined {
  const { name, image = "" } = part.spec;
  const { missing, pullMs = 0, startMs = 0 } = behaviourOf(image);
  if (missing || (run && isAlive(run))) return undefined;
  if (!run) return `has not begun ${name}`;
  if (run.exitedMs === undefined) return `does not start ${name}`;
  if (!isBegunAgain(story, part, run.exitCode ?? 0)) return undefined;
  // With those that it is for a pod's sidecars end, too, and each of them waits for those behind it.
  if (part.role === "sidecar" && isDone(story, facts)) return undefined;
  const { inAll } = facts.begun(story.uid, name);
  const dueMs = run.exitedMs + pauseMsOf(inAll + 1) + pullMs + startMs;
  return facts.nowMs() < dueMs ? undefined : `has not begun ${name} again`;
}

/** Whose probe failed too often is stopped. */
function whySick(story: Story, { account }: Facts): string | undefined {
  for (const part of partsOf(story.pod)) {
    const run = account.runsOf(story.uid, part.spec.name).at(-1);
    const kinds = ["startup", "liveness"] as const;
    const kind = run && isAlive(run) ? kinds.find((each) => run.probes.get(each)?.found === false) : undefined;
    // Its hook may still run, and of one that sleeps nothing is to be seen.
    const { exec, sleep } = part.spec.lifecycle?.preStop ?? {};
    if (sleep) continue;
    const hook = (exec?.command ?? []).join(" ");
    if (run && kind && run.stops.length === 0 && !run.hooks.has(hook))
      return `has failed the ${kind} probe of ${run.name}, which is not stopped`;
  }
  return undefined;
}

function whyUntold(story: Story, facts: Facts): string | undefined {
  const { account } = facts;
  const { pod, uid } = story;
  const told = new Map(statusesOf(pod).map((each) => [each.name, each]));
  const parts = partsOf(pod);
  for (const part of parts) {
    const runs = account.runsOf(uid, part.spec.name);
    const run = runs.at(-1);
    const status = told.get(part.spec.name);
    if (!run) continue;
    if (!status) return `says nothing of ${run.name}`;
    const { state, restartCount, lastState } = status;
    if (isAlive(run)) {
      if (isAwaited(run, part, facts)) continue;
      const isIt = state?.running && status.containerID === `${idPrefix}${run.id}`;
      if (!isIt) return `says ${JSON.stringify(state)} of ${run.name}, which runs`;
      if (restartCount !== runs.length - 1 && !account.isDoubtful(uid) && !story.isWiped)
        return `tells ${restartCount} restarts of ${run.name}, which was made ${runs.length} times`;
    } else if (run.exitedMs !== undefined && !run.isLost) {
      const { exitCode } = state?.terminated ?? lastState?.terminated ?? {};
      if (state?.running) return `says that ${run.name} runs, which has ended`;
      if (exitCode !== run.exitCode)
        return `says ${JSON.stringify(status)} of ${run.name}, which ended with ${run.exitCode}`;
    } else if (state?.running) return `says that ${run.name} runs, which does not`;
  }
  return whyOtherPhase(story, parts, facts);
}

/** It runs, and is not told of as running before its hook is done. */
function isAwaited(run: Run, { spec }: Part, { nowMs, bornMs }: Facts): boolean {
  const { postStart } = spec.lifecycle ?? {};
  // Who found it running knows of no hook.
  if ((run.startedMs ?? 0) < bornMs(run.node)) return false;
  if (postStart?.sleep) return nowMs() - (run.startedMs ?? 0) < postStart.sleep.seconds * 1_000;
  return (
    postStart?.exec !== undefined && run.hooks.get((postStart.exec.command ?? []).join(" "))?.endedMs === undefined
  );
}

function whyOtherPhase({ uid, pod }: Story, parts: readonly Part[], facts: Facts): string | undefined {
  const { account } = facts;
  const { phase } = pod.status;
  const runs = parts
    .filter(({ role }) => role === "main")
    .map((part) => [part, account.runsOf(uid, part.spec.name)] as const);
  const isUp = runs.every(([part, all]) => {
    const last = all.at(-1);
    return last !== undefined && (!isAlive(last) || !isAwaited(last, part, facts));
  });
  const runsNow = runs.some(([, all]) => all.some(isAlive));
  if (isUp && runsNow && phase !== "Running") return `runs, and is ${phase}`;
  if (runs.every(([, all]) => all.length === 0) && phase !== "Pending") return `has begun nothing, and is ${phase}`;
  return undefined;
}

function whyNotReady(story: Story, facts: Facts): string | undefined {
  const { account } = facts;
  const { uid, pod } = story;
  let isAll = true;
  const told = new Map(statusesOf(pod).map((each) => [each.name, each]));
  for (const part of partsOf(pod)) {
    if (part.role === "init" || part.role === "ephemeral") continue;
    const run = account.runsOf(uid, part.spec.name).at(-1);
    const isOn = run && isAlive(run) && !isAwaited(run, part, facts);
    // Whose hook failed is about to be stopped, of which who began anew knows nothing.
    if (isOn && hasFailedToBegin(run, part)) return undefined;
    const isReady = isOn ? isReadyBy(run, part) : false;
    const says = told.get(part.spec.name)?.ready ?? false;
    if (isReady !== undefined && isReady !== says)
      return `says that ${part.spec.name} is ${says ? "" : "not "}ready, and its probes do not`;
    isAll &&= says;
  }
  const is = (type: string) => pod.status.conditions?.find((each) => each.type === type)?.status === "True";
  if (is("ContainersReady") !== isAll) return `says ContainersReady ${is("ContainersReady")}, and all are: ${isAll}`;
  const hasPassed = (pod.spec.readinessGates ?? []).every(({ conditionType }) => is(conditionType));
  if (is("Ready") !== (isAll && hasPassed))
    return `says Ready ${is("Ready")}, its containers ${isAll}, its gates ${hasPassed}`;
  return is("Initialized") || !isAll ? undefined : "says that it is not initialized, and it is ready";
}

function whyUnprobed(story: Story, facts: Facts): string | undefined {
  const { account, nowMs } = facts;
  for (const part of partsOf(story.pod)) {
    const run = account.runsOf(story.uid, part.spec.name).at(-1);
    if (!run || !isAlive(run) || run.stops.length > 0 || isAwaited(run, part, facts)) continue;
    const kinds =
      part.spec.startupProbe && !run.hasStarted ? (["startup"] as const) : (["readiness", "liveness"] as const);
    // What is about to be stopped is asked no more whether it lives.
    const isEnding =
      story.respecMs !== undefined ||
      (part.role === "sidecar" && isDone(story, facts)) ||
      hasFailedToBegin(run, part) ||
      run.hooks.size > 1 ||
      failedProbe(run, part) !== undefined;
    for (const kind of kinds) {
      if (isEnding && kind !== "readiness") continue;
      const probe = part.spec[`${kind}Probe`];
      if (!probe) continue;
      const { initialDelaySeconds = 0, periodSeconds = 10 } = probe;
      const lastMs = run.probes.get(kind)?.askedMs;
      const begunMs = (run.startedMs ?? 0) + initialDelaySeconds * 1_000;
      if (nowMs() > Math.max(begunMs, lastMs ?? 0) + periodSeconds * 1_000 + slackMs)
        return `is not probed: ${kind} of ${run.name}`;
    }
  }
  return undefined;
}

function whyOtherImage(run: Run, part: Part, facts: Facts): string | undefined {
  const { spec, role } = part;
  const isJudged = isAlive(run) && (role === "main" || role === "sidecar") && !isAwaited(run, part, facts);
  const { exec, sleep } = spec.lifecycle?.preStop ?? {};
  const isEnding = sleep !== undefined || run.stops.length > 0 || run.hooks.has((exec?.command ?? []).join(" "));
  if (!isJudged || isEnding || run.image === spec.image) return undefined;
  return `runs ${run.name} with ${run.image}, and is to run ${spec.image}`;
}

/** What containers are to have they have, or it is said why not. */
function whyNotResized(story: Story, facts: Facts): string | undefined {
  const { pod, uid, respecMs } = story;
  if (respecMs === undefined) return undefined;
  const waits = whyWaits(story, facts);
  if (waits) return waits;
  for (const part of partsOf(pod)) {
    const run = facts.account.runsOf(uid, part.spec.name).at(-1);
    const image = run && whyOtherImage(run, part, facts);
    if (image) return image;
    if (isUnsized(pod)) continue;
    const { cpu } = (part.spec.resources?.limits ?? {}) as { readonly cpu?: string };
    if (!run || !isAlive(run) || part.role !== "main") continue;
    const wanted = cpu === undefined ? undefined : millisOf(cpu);
    if (run.cpuLimitMillis !== wanted) return `gives ${run.name} ${run.cpuLimitMillis}m, and is to give it ${wanted}m`;
  }
  return undefined;
}
