import { availableParallelism } from "node:os";
import type { ActorCard } from "../../core/actor.ts";
import { createFreeHost, type FreeHost, type FreeHostOptions } from "./free_host.ts";
import type { Shard } from "./shards.ts";

/** What the pool host is made of. */
export interface PoolHostOptions extends FreeHostOptions {
  /** How many workers share the actors. Default: as many as the machine has cores. */
  readonly workers?: number;
}

const heapMaxMbDefault = 2048;

/**
 * Makes the pool host: a few workers, many actors in each. A new actor goes where the fewest live; one that is
 * restarted stays where it was, if that worker still runs.
 */
export function createPoolHost({ workers, ...options }: PoolHostOptions): Promise<FreeHost> {
  const workersMax = workers ?? availableParallelism();
  return createFreeHost("pool", { heapMaxMb: heapMaxMbDefault, ...options }, (shards, heapMaxMb) => {
    const loads = new Map<Shard, number>();
    const homes = new Map<string, Shard>();

    function choose(definition: ActorCard): Shard {
      for (const shard of loads.keys()) if (!shard.isAlive()) loads.delete(shard);
      if (loads.size < workersMax) return shards.start(definition, heapMaxMb);
      return [...loads].reduce((least, each) => (each[1] < least[1] ? each : least))[0];
    }

    return {
      isDedicated: () => false,
      place({ address, member: { definition } }) {
        const home = homes.get(address);
        if (home?.isAlive()) return home;
        const shard = choose(definition);
        loads.set(shard, (loads.get(shard) ?? 0) + 1);
        homes.set(address, shard);
        return shard;
      },
      leave(address) {
        const home = homes.get(address);
        if (!home) return;
        homes.delete(address);
        const load = loads.get(home);
        if (load !== undefined) loads.set(home, load - 1);
      },
    };
  });
}
