import { createFreeHost, type FreeHost, type FreeHostOptions } from "./free_host.ts";
import type { Shard } from "./shards.ts";

/**
 * Makes the thread host: each life of each actor has a worker of its own, or one that it shares where its spec says so.
 * A crash is the end of the worker, of an actor that shares one the end of its life there.
 *
 * @example
 * await using host = await createThreadHost({ cast })
 * await host.spawn({ name: "store", kind: "store", input: {} })
 */
export function createThreadHost(options: FreeHostOptions): Promise<FreeHost> {
  return createFreeHost("thread", options, (shards, heapMaxMb) => {
    const shared = new Map<string, Shard>();
    return {
      isDedicated: ({ member: { spec } }) => spec.sharedWorker === undefined,
      place({ member: { definition, spec } }) {
        const key = spec.sharedWorker && `${definition.kind} ${spec.sharedWorker}`;
        const found = key === undefined ? undefined : shared.get(key);
        if (found?.isAlive()) return found;
        const shard = shards.start(definition, spec.heapMaxMb ?? heapMaxMb);
        if (key !== undefined) shared.set(key, shard);
        return shard;
      },
    };
  });
}
