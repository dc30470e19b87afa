import { mix32, type Random, randomFrom } from "../../../runtime/mod.ts";
import type { FrontKind, Learned, PlannedFault } from "./front_kind.ts";
import { common } from "./inventory.ts";
import { all } from "./kinds/all.ts";
import { type Expected, madeBy, runTrial, type TrialResult, type TrialSetting } from "./trial.ts";

/** How a controller is tried. */
export interface TrialsOptions {
  readonly setting: TrialSetting;
  readonly runs: number;
  readonly seed: number;
  readonly workers: number;
  /** Only these kinds of faults. Default: all. */
  readonly kinds?: readonly string[];
  /** This plan, and no others. */
  readonly plan?: readonly PlannedFault[];
  readonly onProgress: (progress: TrialsProgress) => void;
}

/** How far it has come. */
export interface TrialsProgress {
  readonly stage: "quiet" | "runs" | "confirming";
  readonly done: number;
  readonly of: number;
  readonly found: number;
}

/** A plan that a controller does not survive. */
export interface TrialFinding {
  readonly plan: readonly PlannedFault[];
  readonly problem: string;
  readonly notes: readonly string[];
  /** How often it failed when it was run again, and how often it was. */
  readonly failed: number;
  readonly again: number;
}

/** What came of it. */
export interface TrialsResult {
  readonly runs: number;
  /** What went wrong without any fault; then nothing else was tried. */
  readonly quietProblem: string | undefined;
  readonly learned: Learned | undefined;
  /** Of each kind how often it was planned and begun. */
  readonly faults: readonly { readonly kind: string; readonly planned: number; readonly begun: number }[];
  readonly findings: readonly TrialFinding[];
}

const confirmRuns = 2;
const pairsOf = 3;

/**
 * Learns a controller's reads and writes from two quiet runs, then runs it under plans of faults that are aimed at the
 * gaps between them. A failing plan is made as small as it can be and run again.
 */
export async function runTrials(options: TrialsOptions): Promise<TrialsResult> {
  const { setting, seed, onProgress, workers } = options;
  const signal = setting.signal;
  onProgress({ stage: "quiet", done: 0, of: 2, found: 0 });
  const first = await runTrial(setting, []);
  const nothing = { runs: 0, learned: first.learned, faults: [], findings: [] };
  if (first.problem !== undefined) return { ...nothing, quietProblem: first.problem };
  onProgress({ stage: "quiet", done: 1, of: 2, found: 0 });
  const second = await runTrial(setting, []);
  if (second.problem !== undefined) return { ...nothing, quietProblem: second.problem };
  const expected: Expected = {
    resources: madeBy(first.exchanges),
    inventory: common(first.inventory, second.inventory),
  };
  const runs = options.plan ? 1 : options.runs;
  const results: TrialResult[] = [];
  const failed: { plan: readonly PlannedFault[]; result: TrialResult }[] = [];
  let next = 0;
  async function lane() {
    while (next < runs && !signal?.aborted) {
      const index = next++;
      const plan = options.plan ?? drawPlan(first.learned, { random: randomFrom(mix32(seed, index)), index, options });
      const result = await runTrial(setting, plan, expected).catch(abandoned(signal));
      if (!result) return;
      results.push(result);
      if (result.problem !== undefined) failed.push({ plan, result });
      onProgress({ stage: "runs", done: results.length, of: runs, found: failed.length });
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, runs) }, lane));
  const findings: TrialFinding[] = [];
  for (const each of distinct(failed)) {
    if (signal?.aborted) break;
    onProgress({ stage: "confirming", done: findings.length, of: distinct(failed).length, found: failed.length });
    findings.push(await confirm(each, { setting, expected }));
  }
  return { runs: results.length, quietProblem: undefined, learned: first.learned, faults: tally(results), findings };
}

/** An interrupted run counts as none. */
function abandoned(signal: AbortSignal | undefined) {
  return (error: unknown) => {
    if (signal?.aborted) return undefined;
    throw error;
  };
}

interface Failed {
  readonly plan: readonly PlannedFault[];
  readonly result: TrialResult;
}

/** Of those that fail alike the one with the fewest faults. */
function distinct(failed: readonly Failed[]): readonly Failed[] {
  const best = new Map<string, Failed>();
  for (const each of failed) {
    const kinds = each.plan.map(({ fault }) => fault).sort();
    const key = `${each.result.problem} ${kinds[0]}`;
    const known = best.get(key);
    if (!known || known.plan.length > each.plan.length) best.set(key, each);
  }
  return [...best.values()];
}

/** Leaves faults out as long as it fails without them, and counts how often what is left fails. */
async function confirm(
  { plan, result }: Failed,
  { setting, expected }: { readonly setting: TrialSetting; readonly expected: Expected },
): Promise<TrialFinding> {
  let [smallest, shown] = [plan.filter((_fault, index) => result.strikes[index]?.hasBegun), result];
  for (let index = 0; smallest.length > 1 && index < smallest.length; ) {
    const smaller = smallest.toSpliced(index, 1);
    const again = await runTrial(setting, smaller, expected);
    if (again.problem === undefined) index++;
    else [smallest, shown] = [smaller, again];
  }
  let failed = 0;
  for (let run = 0; run < confirmRuns; run++) {
    const again = await runTrial(setting, smallest, expected);
    if (again.problem !== undefined) [failed, shown] = [failed + 1, again];
  }
  return { plan: smallest, problem: shown.problem ?? "", notes: shown.notes, failed, again: confirmRuns };
}

/** Each kind comes in its turn, aimed anew each time; every third plan has a second fault. */
export function drawPlan(
  learned: Learned,
  { random, index, options }: { random: Random; index: number; options: Pick<TrialsOptions, "kinds" | "seed"> },
): readonly PlannedFault[] {
  const wanted = (all as readonly FrontKind[]).filter(({ name }) => options.kinds?.includes(name) ?? true);
  const aimed = wanted.flatMap((kind) => {
    const drawn = kind.aim(learned, random);
    return drawn ? [{ fault: kind.name, ...drawn }] : [];
  });
  const main = aimed[(index + options.seed) % aimed.length];
  if (!main) return [];
  const other = random.int(pairsOf) === 0 ? aimed[random.int(aimed.length)] : undefined;
  return other && other !== main ? [main, other] : [main];
}

function tally(results: readonly TrialResult[]) {
  return all.map(({ name: kind }) => {
    const mine = results.flatMap(({ strikes }) => strikes).filter(({ fault }) => fault === kind);
    return { kind, planned: mine.length, begun: mine.filter(({ hasBegun }) => hasBegun).length };
  });
}
