import { type ClusterOptions, createCluster, type HostName } from "../cluster/create_cluster.ts";
import { imageFolderPath, ownImages } from "../cluster/image_folder.ts";
import type { Milestone } from "../cluster/readiness.ts";
import { createScript, type ScriptEvent, type StepResult } from "./create_script.ts";
import { tellMs } from "./duration.ts";
import { describeFailure, revisionOf, type ScenarioFailure } from "./failure.ts";
import type { Scenario } from "./scenario.ts";

/** What came of a scenario. */
export interface ScenarioResult {
  readonly name: string;
  readonly host: HostName;
  readonly seed: number;
  /** Whether every step held. */
  readonly isHeld: boolean;
  /** Up to the one that failed. */
  readonly steps: readonly StepResult[];
  readonly failure?: ScenarioFailure;
  /** From the ready cluster to the end: virtual time in simulation. */
  readonly tookMs: number;
  /** In simulation: chained over all deliveries, equal for equal seeds. */
  readonly hash?: string;
}

/** What is told while a scenario runs. */
export type ScenarioEvent =
  | ScriptEvent
  | { readonly type: "milestone"; readonly milestone: Milestone }
  | { readonly type: "failed"; readonly failure: ScenarioFailure };

/** How a scenario is performed. */
export interface RunScenarioOptions {
  /** Default `simulation`. */
  readonly host?: HostName;
  /** Default 1. */
  readonly seed?: number;
  readonly onEvent?: (event: ScenarioEvent) => void;
  /** Gives up; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Performs a scenario on a cluster of its own.
 *
 * @throws Error when the cluster does not come up; what fails in the script is in the result
 *
 * @example
 * const { isHeld, hash } = await runScenario(selfHealing, { seed: 7 })
 */
export async function runScenario(scenario: Scenario, options: RunScenarioOptions = {}): Promise<ScenarioResult> {
  const { host = "simulation", seed = 1, signal, onEvent } = options;
  const crashes: { uptimeMs: number; text: string }[] = [];
  await using cluster = await createCluster({
    host,
    seed,
    ...clusterOf(scenario),
    ...(signal ? { signal } : {}),
    onProgress: (milestone) => onEvent?.({ type: "milestone", milestone }),
    onCrash: ({ address, reason }) =>
      crashes.push({ uptimeMs: cluster.uptimeMs(), text: `${address} crashed: ${reason.split("\n", 1)[0]}` }),
  });
  const readyRevision = await revisionOf(cluster);
  const readyAtMs = cluster.uptimeMs();
  const { script, steps, faults, end, tellStuck, breakOff } = createScript(cluster, options);
  let failure: ScenarioFailure | undefined;
  try {
    await orGivenUp(scenario.script(script), { signal, tellStuck });
    await end();
  } catch (error) {
    signal?.throwIfAborted();
    breakOff();
    const incidents = [...faults, ...crashes.map(({ uptimeMs, text }) => ({ atMs: uptimeMs - readyAtMs, text }))];
    const failed = steps.at(-1);
    const during = failed?.isHeld === false ? { step: failed.title, sinceMs: failed.atMs } : { sinceMs: 0 };
    failure = await describeFailure(cluster, { error, readyAtMs, readyRevision, incidents, ...during });
    onEvent?.({ type: "failed", failure });
  }
  return {
    name: scenario.name,
    host,
    seed,
    isHeld: failure === undefined,
    steps,
    ...(failure ? { failure } : {}),
    tookMs: cluster.uptimeMs() - readyAtMs,
    ...("journal" in cluster.host ? { hash: cluster.host.journal.hash() } : {}),
  };
}

/** What a scenario says of its cluster. */
function clusterOf({ topology = {}, images }: Scenario): Pick<ClusterOptions, "topology" | "imageFolder"> {
  if (images === undefined) return { topology };
  return { topology: { traffic: true, ...topology }, imageFolder: [imageFolderPath(images), ownImages] };
}

/** A script that waits for what never comes cannot be ended, but left alone. */
function orGivenUp(
  script: Promise<void>,
  { signal, tellStuck }: { readonly signal: AbortSignal | undefined; readonly tellStuck: () => string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => over(() => reject(signal?.reason));
    const isStuck = () => over(() => reject(new Error(tellStuck())));
    function over(tell: () => void) {
      signal?.removeEventListener("abort", giveUp);
      process.off("beforeExit", isStuck);
      tell();
    }
    signal?.addEventListener("abort", giveUp, { once: true });
    process.once("beforeExit", isStuck);
    script.then(
      () => over(resolve),
      (error: unknown) => over(() => reject(error)),
    );
  });
}

/** A result as lines that are the same for equal seeds in simulation. */
export function narrationOf({ steps, failure }: ScenarioResult): readonly string[] {
  const lines: string[] = [];
  for (const { title, observed, isHeld } of steps) {
    lines.push(`${title}: ${isHeld ? "held" : "failed"}`);
    for (const { atMs, text } of observed) lines.push(`  ${tellMs(atMs)}  ${text}`);
  }
  if (failure) lines.push(failure.message);
  return lines;
}
