import { workerData } from "node:worker_threads";
import { type Endpoint, expose, wrap } from "comlink";
import type { ActorDefinition } from "../../core/actor.ts";
import type { Director, ShardBirth, ShardControl } from "./control.ts";
import type { DevicesSource } from "./free_cast.ts";
import { createShard } from "./shard.ts";
import { createShardClock } from "./shard_clock.ts";

/** Starts the shard of this worker: the bundle's entry calls it with the modules of the actors that may live here. */
export function runShard(modules: readonly object[], source: DevicesSource): void {
  const birth = workerData as ShardBirth;
  const { seed, peer, journalMax, isLogged } = birth;
  // Its methods return promises that nobody awaits: what it tells is unanswered, in order.
  const director = wrap(birth.director as unknown as Endpoint) as unknown as Director;
  const clock = createShardClock(birth.originNs);
  const actors = modules.flatMap((module) => Object.values(module).filter(isDefinition));
  const devices = typeof source === "function" ? source(birth.settings as never) : source;
  const shard = createShard({ actors, devices, seed, peer, clock, director, journalMax, isLogged });
  for (const [id, fault] of birth.faults) shard.beginFault(id, fault);
  expose(unforgiving(shard), birth.control as unknown as Endpoint);
}

function isDefinition(exported: unknown): exported is ActorDefinition {
  return typeof exported === "object" && exported !== null && "kind" in exported && "machine" in exported;
}

/** An order that fails is a broken worker: it ends, and what lived in it is restarted elsewhere. */
function unforgiving(shard: ShardControl): ShardControl {
  const methods = Object.entries(shard) as [string, (...given: unknown[]) => unknown][];
  const guarded = methods.map(([name, method]) => {
    const call = (...given: unknown[]) => {
      try {
        return method(...given);
      } catch (error) {
        setImmediate(() => {
          throw error;
        });
        return undefined;
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(guarded) as unknown as ShardControl;
}
