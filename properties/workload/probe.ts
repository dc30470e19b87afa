import type { Address, Step } from "../../runtime/mod.ts";
import type { KeyValueInput, KeyValueOutput } from "../checkers/key_value_model.ts";
import type { HistoryOperation } from "../checkers/linearizability.ts";

/** What a probe did and was told, as the linearizability checker wants it. */
export type ProbeHistory = HistoryOperation<KeyValueInput, KeyValueOutput>[];

/** What a probe knows, whatever it probes. */
export interface Probe {
  readonly history: ProbeHistory;
  /** The revision at which each key was last seen. */
  readonly seen: Map<string, number>;
  /** What it probes knows no write without a condition. */
  readonly alwaysExpects: boolean;
  asked: { readonly input: KeyValueInput; readonly callMs: number } | undefined;
  left: number;
}

/** What came of an operation; `undone`: it is certain that nothing was done; `unknown`: nobody knows. */
export type ProbeOutcome = KeyValueOutput | "undone" | "unknown";

/** Where the probes of a run are. */
export const probeAddresses: readonly Address[] = ["probe/0", "probe/1"];

/** How much each probe does: little, as it shares the run's time with the cluster. */
const probeOperations = 12;
/** Probes are through by then, so that they do not disturb the rest at the end. */
const probeUntilMs = 29_000;
/** How long a probe waits for an answer; longer than the store lets its clients wait. */
export const probeTimeoutMs = 6_000;
/** Few, so that probes meet. */
const keys = 2;
const burst = { calmChance: 0.25, calmMsMax: 7_000, hurriedMsMax: 25 };

/** A probe that has not begun. */
export function createProbe({ alwaysExpects }: Pick<Probe, "alwaysExpects">): Probe {
  return { history: [], seen: new Map(), alwaysExpects, asked: undefined, left: probeOperations };
}

/** All that a probe did, also what is still under way: it may have been done. */
export function historyOf({ history, asked }: Probe): ProbeHistory {
  return asked?.input.op === "set" ? [...history, { ...asked, output: undefined, returnMs: 0 }] : history;
}

/** What to do next, by chance; nothing when the probe is through. */
export function nextOperation(probe: Probe, step: Step): KeyValueInput | undefined {
  if (probe.left <= 0 || step.uptimeMs > probeUntilMs) return undefined;
  probe.left--;
  const key = `key-${step.int(keys)}`;
  const luck = step.float();
  const input: KeyValueInput =
    luck < 0.5
      ? { op: "get", key }
      : { op: "set", key, value: `${step.self}-${probe.left}`, ...expectation(probe, { key, luck }) };
  probe.asked = { input, callMs: step.uptimeMs };
  return input;
}

/** Most writes are made on the condition that nobody else wrote since; all of them, where there are no others. */
function expectation(
  { seen, alwaysExpects }: Probe,
  { key, luck }: { readonly key: string; readonly luck: number },
): { readonly expect?: number } {
  const at = seen.get(key);
  return alwaysExpects || (luck < 0.9 && at !== undefined) ? { expect: at ?? 0 } : {};
}

/** Notes what came of the operation that is under way, and sets the timer for the next. */
export function noteOutcome(probe: Probe, outcome: ProbeOutcome, step: Step): void {
  const { asked } = probe;
  if (!asked) return;
  probe.asked = undefined;
  const output = typeof outcome === "string" ? undefined : outcome;
  if (output?.op === "get") probe.seen.set(asked.input.key, output.modRevision);
  if (output?.op === "set" && output.succeeded) probe.seen.set(asked.input.key, output.revision);
  // A read that got no answer tells nothing; neither does what was not done.
  if (output || (outcome === "unknown" && asked.input.op === "set")) {
    probe.history.push({ ...asked, output, returnMs: step.uptimeMs });
  }
  const isCalm = step.float() < burst.calmChance;
  step.timer("next", 1 + step.int(isCalm ? burst.calmMsMax : burst.hurriedMsMax));
}
