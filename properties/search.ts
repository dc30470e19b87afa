import fc from "fast-check";
import { mix32 } from "../runtime/mod.ts";
import { type RunDefinitionOptions, runDefinition } from "./arbitraries/run_definition.ts";
import type { Violation } from "./invariant.ts";
import { performRun, type RunResult } from "./run.ts";
import type { RunDefinition } from "./run_definition.ts";

/** What the nth run of a campaign is asked to do. */
export interface SearchJob extends RunDefinitionOptions {
  readonly campaignSeed: number;
  readonly index: number;
  /** How many smaller runs are tried to find a smaller counterexample. Default 150. */
  readonly shrinksMax?: number;
}

/** What came of it. */
export interface SearchResult {
  readonly index: number;
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly found: Counterexample | undefined;
}

/** The smallest run found that breaks the rule. */
export interface Counterexample {
  readonly definition: RunDefinition;
  readonly violation: Violation;
  readonly hash: string;
  /** How many runs the shrinking took. */
  readonly shrinks: number;
}

const shrinksMaxDefault = 150;

/** The nth definition of a campaign: depends on nothing but the campaign's seed and n. */
export function definitionOf({ campaignSeed, index, ...options }: SearchJob): RunDefinition {
  const [definition] = fc.sample(runDefinition(options), { seed: seedOf(campaignSeed, index), numRuns: 1 });
  return definition as RunDefinition;
}

/** Performs one run of a campaign; a violation is shrunk at once. */
export function searchOne(job: SearchJob): SearchResult {
  const { index } = job;
  const definition = definitionOf(job);
  const { hash, events, virtualMs, violation } = performRun(definition);
  const found = violation && shrink(job, { definition, violation, hash });
  return { index, hash, events, virtualMs, found };
}

/**
 * Lets fast-check shrink the definition: fewer and simpler faults, commands, components, as long as the same rule is
 * broken. The plan is data, so that taking one fault away leaves all other numbers as they were.
 */
function shrink(job: SearchJob, first: Omit<Counterexample, "shrinks">): Counterexample {
  let best: Omit<Counterexample, "shrinks"> = first;
  let shrinks = -1;
  const { shrinksMax = shrinksMaxDefault, campaignSeed, index } = job;
  const breaksSameRule = (definition: RunDefinition): boolean => {
    shrinks++;
    const result: RunResult = performRun(definition);
    if (result.violation?.property !== first.violation.property) return false;
    best = { definition, violation: result.violation, hash: result.hash };
    return true;
  };
  const holds = fc.property(runDefinition(job), (definition) => {
    if (shrinks < shrinksMax) return !breaksSameRule(definition);
    // Enough was tried: all that is smaller is said to hold, which ends the shrinking.
    return true;
  });
  fc.check(holds, { seed: seedOf(campaignSeed, index), numRuns: 1 });
  return { ...best, shrinks: Math.max(0, shrinks) };
}

function seedOf(campaignSeed: number, index: number): number {
  return mix32(campaignSeed, index) | 0;
}
