import type { TopologyDefects } from "../scenarios/topology.ts";

/** A deliberate defect and what a campaign must make of it, a file each in `mutations/`. */
export interface Mutation {
  /** The defect's own name. */
  readonly name: string;
  readonly defects: TopologyDefects;
  /** The rules that it breaks: which one a run finds broken first depends on the run. */
  readonly properties: readonly string[];
  /** A campaign that is known to find it soon: whenever what runs are made of changes, another has to be looked for. */
  readonly campaignSeed: number;
  /** It is found in so many runs of that campaign. */
  readonly runsMax: number;
  /** About so many runs of any campaign find it once, as measured when it was written. */
  readonly runsMean: number;
}
