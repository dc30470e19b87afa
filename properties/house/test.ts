/**
 * The three ways a test is written here: `test` for one fact, `property` for a law over generated values,
 * `scenario` for a whole cluster. They are thin on purpose: a file of tests is an ordinary node:test file, so
 * `npx tsx --test some_test.ts` and an editor's own runner work on it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import fc from "fast-check";
import { declare } from "./runner/test_file.ts";

export { default as assert } from "node:assert/strict";
export type { TestContext } from "node:test";
export { fc };

/** Whether tests run in their long form (`npm run long`). In the short one each asserts the same of fewer things. */
export const isLong = process.env.TROUPE_LONG === "1";

/** The body of a test. */
export type TestBody = (context: TestContext) => void | Promise<void>;

/** Declares one test; the name reads as a sentence: `parseQuantity() refuses an empty string`. */
export function test(name: string, body: TestBody): void {
  declare(name, {}, (context) => body(context));
}

/** How a property is sampled. */
export interface PropertyOptions<Values extends unknown[]> {
  /** How many samples to draw before `TROUPE_RUNS` multiplies it. Default: 100. */
  readonly runs?: number;
  /** The seed of the samples. Default: a hash of the property's name, so that runs repeat exactly. */
  readonly seed?: number;
  /** Samples that are always tried first, such as those that once failed. Default: none. */
  readonly examples?: Values[];
  /** How long the shrinking of a counterexample may take. Default: 30 seconds. */
  readonly shrinkMsMax?: number;
}

/**
 * Declares a law: `predicate` must neither return false nor throw for any sample of `arbitraries`.
 *
 * On failure the shrunk counterexample is printed with the seed and path that play it again:
 * `TROUPE_SEED=<seed> TROUPE_PATH=<path> npx tsx --test some_test.ts`. `TROUPE_RUNS=20` draws twenty times as many.
 *
 * @example
 * property("reversing twice gives the list back", [fc.array(fc.integer())], (list) => {
 *   assert.deepEqual(list.toReversed().toReversed(), list);
 * });
 */
export function property<Values extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [I in keyof Values]: fc.Arbitrary<Values[I]> },
  predicate: (...values: Values) => boolean | undefined | Promise<boolean | undefined> | void | Promise<void>,
  options: PropertyOptions<Values> = {},
): void {
  declare(name, {}, async () => {
    const path = process.env.TROUPE_PATH;
    let shrinkEndsAtMs = Number.POSITIVE_INFINITY;
    const startShrinking = (): void => {
      if (shrinkEndsAtMs === Number.POSITIVE_INFINITY) shrinkEndsAtMs = Date.now() + (options.shrinkMsMax ?? 30_000);
    };
    const law = fc.asyncProperty<Values>(...arbitraries, async (...values) => {
      // Past the deadline every further candidate is called good, which ends the shrinking at the best one so far.
      if (Date.now() > shrinkEndsAtMs) return true;
      try {
        const verdict = await predicate(...values);
        if (verdict !== false) return true;
      } catch (error) {
        startShrinking();
        throw error;
      }
      startShrinking();
      return false;
    });
    await fc.assert(law, {
      seed: seedOf(name, options.seed),
      numRuns: Math.max(1, Math.round((options.runs ?? 100) * multiplier())),
      examples: options.examples ?? [],
      ...(path === undefined || path === "" ? {} : { path, endOnFailure: true }),
      asyncReporter: report,
    });
  });
}

/** How a scenario runs. */
export interface ScenarioOptions {
  /** How long it may take before it is failed and cleaned up. Default: two minutes. */
  readonly timeoutMs?: number;
}

/** What a scenario is given: a place to leave what must be cleaned up, whatever becomes of the scenario. */
export interface ScenarioContext {
  /** Aborted when the scenario is out of time. */
  readonly signal: AbortSignal;
  /** Hands over a resource; it is disposed after the scenario, the last one first. Returns it. */
  use<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource;
  /** Runs `cleanup` after the scenario, the last one first. */
  defer(cleanup: () => void | Promise<void>): void;
  /** Makes a temporary folder that is removed after the scenario. */
  folder(): Promise<string>;
  /** Adds a line to the test report. */
  note(text: string): void;
}

/** Declares a scenario: a test over a whole cluster, with a generous time limit and certain clean-up. */
export function scenario(
  name: string,
  options: ScenarioOptions,
  body: (context: ScenarioContext) => void | Promise<void>,
): void {
  declare(name, { timeout: options.timeoutMs ?? 120_000 }, async (context) => {
    const cleanups: (() => void | Promise<void>)[] = [];
    // An `after` hook, not a `finally`: it also runs when the time limit abandons the body.
    context.after(() => cleanUp(cleanups));
    await body({
      signal: context.signal,
      use(resource) {
        cleanups.push(async () => {
          if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
          else resource[Symbol.dispose]();
        });
        return resource;
      },
      defer: (cleanup) => void cleanups.push(cleanup),
      folder: async () => {
        const path = await mkdtemp(join(tmpdir(), "kubetroupe-"));
        cleanups.push(() => rm(path, { recursive: true, force: true }));
        return path;
      },
      note: (text) => context.diagnostic(text),
    });
  });
}

/** Runs all clean-ups, newest first, even when some fail; then fails with what failed. */
async function cleanUp(cleanups: (() => void | Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1)
    throw new AggregateError(errors, `Cleaning up after a scenario: ${errors.length} steps failed`);
}

/** The seed of a property: `TROUPE_SEED`, else the one given, else a hash (FNV-1a) of its name. */
function seedOf(name: string, given: number | undefined): number {
  const wanted = process.env.TROUPE_SEED;
  if (wanted !== undefined && wanted !== "") return wholeNumber("TROUPE_SEED", wanted);
  if (given !== undefined) return given;
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}

function multiplier(): number {
  const text = process.env.TROUPE_RUNS;
  if (text === undefined || text === "") return 1;
  const factor = Number(text);
  if (Number.isFinite(factor) && factor > 0) return factor;
  throw new Error(`Reading TROUPE_RUNS: "${text}" is not a number above 0: give a factor such as 10`);
}

function wholeNumber(variable: string, text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Error(`Reading ${variable}: "${text}" is not a whole number: copy the seed from a failure`);
}

async function report<Values>(details: fc.RunDetails<Values>): Promise<void> {
  if (!details.failed) return;
  const message = (await fc.asyncDefaultReportMessage(details)) ?? "Property failed";
  const path = details.counterexamplePath ?? "";
  const cause = details.errorInstance;
  throw new Error(`${message}\n\nPlay it again with: TROUPE_SEED=${details.seed} TROUPE_PATH=${path}`, { cause });
}
