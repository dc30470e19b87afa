import { workerData } from "node:worker_threads";
import { type Endpoint, expose, wrap } from "comlink";
import { type CastSource, castFrom } from "./cast_source.ts";
import type { Director, ShardBirth } from "./control.ts";
import { createShard } from "./shard.ts";
import { createShardClock } from "./shard_clock.ts";

/** Starts the shard of this worker: the bundle's entry calls it. */
export function runShard(source: CastSource): void {
  const birth = workerData as ShardBirth;
  const { seed, peer, journalMax, isLogged } = birth;
  // Its methods return promises that nobody awaits: what it tells is unanswered, in order.
  const director = wrap(birth.director as unknown as Endpoint) as unknown as Director;
  const clock = createShardClock(birth.originNs);
  const cast = castFrom(source, birth.settings);
  const shard = createShard({ cast, seed, peer, clock, director, journalMax, isLogged });
  for (const [id, fault] of birth.faults) shard.beginFault(id, fault);
  expose(shard, birth.control as unknown as Endpoint);
}
