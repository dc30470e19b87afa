import type { JournalEntry } from "../../runtime/core/journal.ts";
import type { FaultNote } from "../../runtime/faults/engine.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import { all } from "../invariants/all.ts";
import type { Invariant } from "./invariant.ts";
import { suiteWithStage } from "./perform.ts";
import { performRun, type RunOptions, type RunResult } from "./run.ts";
import { type AnyRun, isSuiteRun } from "./run_definition.ts";
import type { Commit } from "./world.ts";

/** One delivery of a run, with its number: the first is 1. */
export interface RecordedStep extends JournalEntry {
  readonly step: number;
}

/** One write, with the number of the step in which the store had it. */
export interface RecordedWrite {
  readonly step: number;
  readonly atMs: number;
  /** `pods/default/web-1`, as the store has it. */
  readonly key: string;
  readonly what: "created" | "changed" | "deleted";
  /** What is compared between two runs: the object without what is of this run alone. */
  readonly text: string;
}

/** A run with all that happened in it. */
export interface RecordedRun extends RunResult {
  readonly steps: readonly RecordedStep[];
  readonly writes: readonly RecordedWrite[];
  readonly faults: readonly FaultNote[];
}

const stepsMax = 5_000_000;
const registryPrefix = "/registry/";

/** Performs a run and keeps everything; of suites with stages of their own all but what was written. */
export function recordRun(definition: AnyRun): RecordedRun {
  const writes: RecordedWrite[] = [];
  let steps: readonly RecordedStep[] = [];
  let faults: readonly FaultNote[] = [];
  const listener: Invariant = {
    name: "recording",
    watch: ({ simulation }) => ({
      commit(commit) {
        writes.push({ ...writeOf(commit), step: simulation.journal.count() });
        return undefined;
      },
    }),
  };
  const keep = (simulation: Simulation) => {
    const entries = simulation.journal.entries();
    const before = simulation.journal.count() - entries.length;
    steps = entries.map((entry, index) => ({ ...entry, step: before + index + 1 }));
    faults = simulation.faults.notes();
  };
  const options: RunOptions = {
    ...{ journalMax: stepsMax, invariants: [...all, listener] },
    inspect: ({ simulation }) => keep(simulation),
  };
  const result = isSuiteRun(definition)
    ? suiteWithStage(definition.suite).perform(definition, { journalMax: stepsMax, inspect: keep })
    : performRun(definition, options);
  return { ...result, steps, writes, faults };
}

function writeOf({ key, object, previous, atMs }: Commit): Omit<RecordedWrite, "step"> {
  const what = object === undefined ? "deleted" : previous === undefined ? "created" : "changed";
  const { metadata, ...said } = (object ?? {}) as { readonly metadata?: { readonly labels?: object } };
  const text = JSON.stringify({ labels: metadata?.labels, ...said });
  return { key: key.startsWith(registryPrefix) ? key.slice(registryPrefix.length) : key, what, text, atMs };
}

/**
 * The first write of a run that the same run without faults does not have: of one key's writes, the one that is another
 * than the one at its place there. Heartbeats count as none.
 */
export function divergingWrite(run: RecordedRun, calm: RecordedRun): RecordedWrite | undefined {
  const expected = new Map<string, RecordedWrite[]>();
  for (const write of calm.writes) expected.set(write.key, [...(expected.get(write.key) ?? []), write]);
  const firstFaultMs = run.faults[0]?.atMs ?? 0;
  const seen = new Map<string, number>();
  return run.writes.find((write) => {
    const place = seen.get(write.key) ?? 0;
    seen.set(write.key, place + 1);
    if (write.atMs < firstFaultMs || /^(leases|events|masterleases)\//.test(write.key)) return false;
    const other = expected.get(write.key)?.[place];
    return other?.what !== write.what;
  });
}
