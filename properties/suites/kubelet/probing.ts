import type { Frozen, Probe } from "../../../actors/api/types.ts";
import type { CriAnswer, ProbeKind } from "../../../actors/cri/messages.ts";
import type { Run, Streak } from "./account.ts";
import { type Facts, hasStarted } from "./facts.ts";
import type { Asked } from "./runtime.ts";
import { type Part, partsOf } from "./stories.ts";

/** A turn may be as much too early as clocks are apart. */
const slackMs = 60;

/** Which probe of which container is made by that. */
export function probeOf(asked: Asked): { readonly container: string; readonly kind: ProbeKind } | undefined {
  if (asked.op === "ExecSync" && asked.probe) return { container: asked.container, kind: asked.probe };
  if (asked.op === "ProbePlayed") return asked;
  return asked.op === "HostHttp" ? asked.probe : undefined;
}

/** Whether an answer to a probe is a good one. */
export function isGood(asked: Asked, answer: unknown): boolean {
  const { ok } = answer as { readonly ok: boolean };
  if (asked.op === "ExecSync")
    return ok && (answer as Extract<CriAnswer<"ExecSync">, { ok: true }>).value.exitCode === 0;
  if (asked.op === "ProbePlayed") return (answer as { readonly found?: boolean }).found === true;
  return ok && ((answer as { readonly status?: number }).status ?? 500) < 400;
}

/** The container of a run in its pod's spec. */
export function partOf(run: Run, { stories }: Pick<Facts, "stories">): Part | undefined {
  const story = stories.all.get(run.uid);
  return story && partsOf(story.pod).find(({ spec }) => spec.name === run.name);
}

function streakOf(run: Run, kind: ProbeKind): Streak {
  let streak = run.probes.get(kind);
  if (!streak) {
    streak = { isGood: false, inARow: 0, failuresMax: 0, found: undefined, askedMs: undefined };
    run.probes.set(kind, streak);
  }
  return streak;
}

/** Notes that a probe is made; gives back what is wrong with that. */
export function noteProbe(run: Run, kind: ProbeKind, facts: Facts): string | undefined {
  const part = partOf(run, facts);
  const probe = part?.spec[`${kind}Probe`];
  const streak = streakOf(run, kind);
  const { askedMs } = streak;
  const nowMs = facts.nowMs();
  streak.askedMs = nowMs;
  if (!part || !probe) return `${run.name} is probed for ${kind}, and has no such probe`;
  if (run.startedMs === undefined) return undefined;
  const { initialDelaySeconds = 0, periodSeconds = 10 } = probe;
  const ranMs = nowMs - run.startedMs;
  if (ranMs < initialDelaySeconds * 1_000 - slackMs)
    return `${run.name} was probed for ${kind} after ${ranMs} ms, it has ${initialDelaySeconds} s`;
  if (kind !== "startup" && !hasStarted(run, part)) return `${run.name} was probed for ${kind} before it had started`;
  if (kind !== "readiness" && streak.found === false && !facts.isTroubled())
    return `${run.name} was probed for ${kind} once more, which it has failed as often as it may`;
  const isSoon = askedMs !== undefined && nowMs - askedMs < periodSeconds * 1_000 - slackMs;
  if (!isSoon || facts.isTroubled()) return undefined;
  return `${run.name} was probed for ${kind} ${nowMs - (askedMs ?? 0)} ms after the last time, and is to be each ${periodSeconds} s`;
}

/** Notes what a probe has found. */
export function noteFinding(
  run: Run,
  { kind, good }: { readonly kind: ProbeKind; readonly good: boolean },
  facts: Facts,
) {
  const streak = streakOf(run, kind);
  const probe: Frozen<Probe> = partOf(run, facts)?.spec[`${kind}Probe`] ?? {};
  const { successThreshold = 1, failureThreshold = 3 } = probe;
  streak.inARow = streak.isGood === good ? streak.inARow + 1 : 1;
  streak.isGood = good;
  if (!good) streak.failuresMax = Math.max(streak.failuresMax, streak.inARow);
  if (streak.inARow < (good ? successThreshold : failureThreshold)) return;
  if (kind === "startup" && good) run.hasStarted = true;
  if (kind === "readiness" && good) run.wasReady = true;
  if (streak.found !== good) facts.account.touch(run.uid);
  streak.found = good;
}

/** A kubelet begins anew, or did not hear what was answered: it counts from the beginning. */
export function forgetFindings(run: Run): void {
  for (const streak of run.probes.values()) Object.assign(streak, { inARow: 0, found: undefined, askedMs: undefined });
}

/** Whether a container that runs is ready as far as its probes say; undefined where that is not known yet. */
export function isReadyBy(run: Run, part: Part): boolean | undefined {
  if (!hasStarted(run, part))
    return part.spec.startupProbe && run.probes.get("startup")?.askedMs === undefined ? undefined : false;
  if (!part.spec.readinessProbe) return true;
  return run.probes.get("readiness")?.found;
}

/** Which probe asks for the end of a container that runs, as it failed too often. */
export function failedProbe({ probes }: Run, { spec }: Part): "startup" | "liveness" | undefined {
  return (["startup", "liveness"] as const).find((kind) => {
    const { failureThreshold = 3 } = spec[`${kind}Probe`] ?? {};
    return (probes.get(kind)?.failuresMax ?? 0) >= failureThreshold;
  });
}
