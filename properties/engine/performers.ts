import { all } from "../mutations/all.ts";
import type { Mutation } from "./mutation.ts";
import type * as performing from "./performer.ts";

/** What performs runs. */
export type Performer = (typeof performing)["performer"];

const performers = new Map<string, Promise<Performer>>();

/**
 * What performs runs that have this mutation, ready to do so: the sound code where there is none, else a copy of it with
 * the defect.
 *
 * @throws Error when there is no such mutation
 */
export function performerWith(mutation: string | undefined): Promise<Performer> {
  const name = mutation ?? "";
  let found = performers.get(name);
  if (!found) {
    found = ready(mutation);
    performers.set(name, found);
  }
  return found;
}

async function ready(mutation: string | undefined): Promise<Performer> {
  const { performer } = await (mutation === undefined ? import("./performer.ts") : mutated(mutation));
  await performer.prepareTraffic();
  return performer;
}

/** Loaded on use: most campaigns need no bundler. */
async function mutated(name: string): Promise<typeof performing> {
  const { loadMutated } = await import("./load_mutated.ts");
  return loadMutated(mutationNamed(name), "properties/engine/performer.ts");
}

/**
 * The mutation of a name.
 *
 * @throws Error when there is none
 */
export function mutationNamed(name: string): Mutation {
  const found = (all as readonly Mutation[]).find((each) => each.name === name);
  if (found) return found;
  const names = all.map((each) => each.name).join(", ");
  throw new Error(`Cannot load the mutation "${name}": there is none, use one of ${names}`);
}
