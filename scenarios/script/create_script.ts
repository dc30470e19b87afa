import type { AskApi } from "../cluster/api_access.ts";
import type { Cluster } from "../cluster/create_cluster.ts";
import { expect } from "./expect.ts";
import { createFaults } from "./faults.ts";
import { createObjects } from "./objects.ts";
import { createPatience } from "./patience.ts";
import { createRequests } from "./request.ts";
import type { Script } from "./scenario.ts";

/** Something that was seen or done; times begin with the script, when the cluster is ready. */
export interface Observation {
  readonly atMs: number;
  readonly text: string;
}

/** A step that is over. */
export interface StepResult {
  readonly title: string;
  readonly atMs: number;
  readonly tookMs: number;
  readonly isHeld: boolean;
  readonly observed: readonly Observation[];
}

/** What is told while a script runs. */
export type ScriptEvent =
  | { readonly type: "step"; readonly title: string; readonly number: number; readonly atMs: number }
  | ({ readonly type: "observed" } & Observation)
  /** What is waited for, and why it is not so yet. */
  | { readonly type: "looking"; readonly what: string; readonly last: string; readonly atMs: number }
  | { readonly type: "step.over"; readonly number: number; readonly step: StepResult };

/** What a script may be made with. */
export interface ScriptOptions {
  readonly onEvent?: (event: ScriptEvent) => void;
  /** Ends what waits. */
  readonly signal?: AbortSignal;
}

/** A script on a cluster, and what has become of it so far. */
export interface Performance {
  readonly script: Script;
  readonly steps: readonly StepResult[];
  readonly faults: readonly Observation[];
  /** Ends the script: what had to be so always outside of all steps is looked at for the last time. */
  end(): Promise<void>;
  /** What is to be said when nothing is left that could let the script go on. */
  tellStuck(): string;
  /** Breaks off the step that is not over, if there is one: it has failed. */
  breakOff(): void;
}

/**
 * Gives a script its hands on a cluster: for a scenario, or for any test that has a cluster.
 *
 * @example
 * await using cluster = await createCluster()
 * const { apply, get, eventually, expect } = createScript(cluster).script
 */
export function createScript(cluster: Cluster, { onEvent, signal }: ScriptOptions = {}): Performance {
  const startMs = cluster.uptimeMs();
  const steps: StepResult[] = [];
  const faultsSeen: Observation[] = [];
  let observed: Observation[] = [];
  let current: { readonly title: string; over(isHeld: boolean): void } | undefined;

  const atMs = () => Math.round(cluster.uptimeMs() - startMs);
  const note = (text: string) => {
    const observation = { atMs: atMs(), text };
    observed.push(observation);
    onEvent?.({ type: "observed", ...observation });
  };
  const noteFault = (text: string) => {
    faultsSeen.push({ atMs: atMs(), text });
    note(text);
  };
  const patience = createPatience({
    uptimeMs: cluster.uptimeMs,
    wait: cluster.wait,
    note,
    looking: (what, last) => onEvent?.({ type: "looking", what, last, atMs: atMs() }),
    ...(signal ? { signal } : {}),
  });
  const { eventually, always, advance } = patience;
  // In simulation an answer is there at once: a script that asks in a loop of its own would let nobody else in.
  const api: AskApi = async (call) => {
    await patience.breathe();
    return cluster.api(call);
  };

  const objects = createObjects({ api, note });
  const { request } = createRequests({
    dial: cluster.dial,
    uptimeMs: cluster.uptimeMs,
    wait: async (ms) => {
      await cluster.wait(ms);
      await patience.breathe();
    },
    getService: (name, namespace) => objects.get(`service/${name}`, { namespace }),
  });

  async function step<T>(title: string, body: () => T | Promise<T>): Promise<T> {
    if (current !== undefined)
      throw new Error(`Cannot begin the step "${title}": the step "${current.title}" is not over, await it`);
    const beginsAtMs = atMs();
    const number = steps.length + 1;
    observed = [];
    onEvent?.({ type: "step", title, number, atMs: beginsAtMs });
    const over = (isHeld: boolean) => {
      // It was broken off, and ends after all.
      if (current?.over !== over) return;
      const result = { title, atMs: beginsAtMs, tookMs: atMs() - beginsAtMs, isHeld, observed };
      current = undefined;
      observed = [];
      steps.push(result);
      onEvent?.({ type: "step.over", number, step: result });
    };
    current = { title, over };
    try {
      const value = await body();
      await patience.release();
      over(true);
      return value;
    } catch (error) {
      patience.forget();
      if (!signal?.aborted) over(false);
      throw error;
    }
  }

  const script: Script = {
    ...objects,
    ...createFaults(cluster, noteFault),
    request,
    eventually,
    always,
    advance,
    step,
    expect,
    note,
    cluster,
  };
  return {
    script,
    steps,
    faults: faultsSeen,
    async end() {
      if (current !== undefined) throw new Error(`Cannot end: the step "${current.title}" is not over, await it`);
      await patience.release();
    },
    tellStuck() {
      const who = current ? "The step never ended: it" : "The script";
      const what = patience.awaited();
      return what === undefined
        ? `${who} waits for something that never comes: look for a promise`
        : `${who} waits for "${what}", and the look at it never ends: look for a promise`;
    },
    breakOff() {
      patience.forget();
      current?.over(false);
    },
  };
}
