/** A deliberate defect, a file each in `mutations/`: production code knows of none; see `load_mutated.ts`. */
export interface Mutation {
  /** As the file exports it. */
  readonly name: string;
  readonly patch: Patch;
  /** The real ones that it stands for: `etcd 14370`, `kubernetes 59848`. Default: it is one of our own. */
  readonly bugs?: readonly string[];
  /** How campaigns find it; or else the test that does, by its path. */
  readonly found: Hunt | { readonly test: string };
}

/** What is changed: one function, or other constant, that a module exports. Calls inside the module see it too. */
export interface Patch {
  /** By its path from the top of the project. */
  readonly module: string;
  readonly name: string;
  /** Makes of the sound one what is there instead of it. */
  wrap(sound: never): unknown;
}

/**
 * A mutation of a module of this type, which is the one that it names.
 *
 * @example
 * import type * as rolling from "../../actors/controllers/loops/deployment/rolling.ts";
 * export const surgeIgnored: MutationOf<typeof rolling> = { ... }
 */
export interface MutationOf<Module> extends Mutation {
  readonly patch: { [Name in keyof Module & string]: PatchOf<Name, Module[Name]> }[keyof Module & string];
}

interface PatchOf<Name extends string, Value> extends Patch {
  readonly name: Name;
  wrap(sound: Value): Value;
}

/** What a campaign must make of a defect. */
export interface Hunt {
  /** Which sort of runs find it. Default: those without traffic. */
  readonly traffic?: "never" | "always";
  /** Which suite finds it. Default: that of whole clusters. */
  readonly suite?: string;
  /** Runs without faults find it, and others hardly ever. Default: faults of every kind. */
  readonly withoutFaults?: boolean;
  /** Runs with rented nodes find it, of which campaigns have a tenth. Default: there are none in them. */
  readonly clouds?: "always";
  /** The rules that it breaks: which one a run finds broken first depends on the run. */
  readonly properties: readonly string[];
  /** A campaign that finds it in its first run; when what runs are made of changes, a later run does, or another one. */
  readonly campaignSeed: number;
  /** It is found in at most so many runs of that campaign: several times `runsMean`. */
  readonly runsMax: number;
  /** About so many runs of any campaign find it once, as measured when it was written. */
  readonly runsMean: number;
}

/** A mutation that campaigns find. */
export type Hunted = Mutation & { readonly found: Hunt };

/** Whether campaigns find it. */
export function isHunted(mutation: Mutation): mutation is Hunted {
  return "properties" in mutation.found;
}
