import type { Balancer, CloudRoute, CloudVolume, Instance } from "./messages.ts";

/** All that a provider has rented out; a change makes a new one, so that an old one can still be told. */
export interface CloudState {
  readonly instances: readonly Instance[];
  /** How many its group of nodes is to have. */
  readonly size: number;
  readonly balancers: readonly Balancer[];
  readonly routes: readonly CloudRoute[];
  readonly volumes: readonly CloudVolume[];
  /** How many instances there ever were. */
  readonly made: number;
  /** Nodes whose instance is gone, the last one last: their places are given again, if need be, in this order. */
  readonly left: readonly string[];
}

/** A provider of whom nobody has rented anything. */
export const nothingRented: CloudState = {
  ...{ instances: [], size: 0, made: 0, left: [] },
  ...{ balancers: [], routes: [], volumes: [] },
};
