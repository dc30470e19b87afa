import type { TopologyDefects } from "../../scenarios/cluster/topology.ts";

/** A deliberate defect and what a campaign must make of it, a file each in `mutations/`. */
export interface Mutation {
  /** The defect's own name. */
  readonly name: string;
  readonly defects: TopologyDefects;
  /** Which sort of runs find it. Default: those without traffic. */
  readonly traffic?: "never" | "always";
  /** Runs without faults find it, and others hardly ever. Default: faults of every kind. */
  readonly withoutFaults?: boolean;
  /** The rules that it breaks: which one a run finds broken first depends on the run. */
  readonly properties: readonly string[];
  /** A campaign that finds it in its first run; when what runs are made of changes, a later run does, or another one. */
  readonly campaignSeed: number;
  /** It is found in at most so many runs of that campaign: several times `runsMean`. */
  readonly runsMax: number;
  /** About so many runs of any campaign find it once, as measured when it was written. */
  readonly runsMean: number;
}
