import type { CloudData } from "../../actors/cloud/machine.ts";
import type { Balancer, CloudVolume, Instance } from "../../actors/cloud/messages.ts";
import { providerId } from "../../actors/cloud/messages.ts";
import type { CloudState } from "../../actors/cloud/state.ts";
import { cloudDriver } from "../../actors/storage/messages.ts";
import { cloudAddress } from "../../scenarios/cluster/topology.ts";
import type { World } from "./world.ts";

/** What the providers of a run have rented out now. */
export interface Rented {
  /** Nodes' ids of all computers that run. */
  readonly running: ReadonlyMap<string, Instance>;
  readonly balancers: readonly Balancer[];
  /** Volumes, by the driver that has them in the cluster. */
  readonly volumes: ReadonlyMap<string, readonly CloudVolume[]>;
}

/** Looks into the providers of a run: it has none in most. */
export function rentedIn(world: World): Rented {
  const running = new Map<string, Instance>();
  const balancers: Balancer[] = [];
  const volumes = new Map<string, readonly CloudVolume[]>();
  for (const [provider, state] of providersOf(world)) {
    for (const each of state.instances) if (each.state === "running") running.set(providerId(provider, each), each);
    balancers.push(...state.balancers);
    volumes.set(cloudDriver(provider), state.volumes);
  }
  return { running, balancers, volumes };
}

/** The providers of a run as they are now, by their names. */
export function providersOf({ definition, simulation }: World): readonly (readonly [string, CloudState])[] {
  return (definition.topology.clouds ?? []).map(({ provider }) => {
    const { state } = simulation.dataOf(cloudAddress(provider)) as CloudData;
    return [provider, state];
  });
}
