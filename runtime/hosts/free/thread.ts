import { createFreeHost, type FreeHost, type FreeHostOptions } from "./free_host.ts";

/**
 * Makes the thread host: each life of each actor has a worker of its own. A crash is the end of the worker.
 *
 * @example
 * await using host = await createThreadHost({ cast })
 * await host.spawn({ name: "store", kind: "store", input: {} })
 */
export function createThreadHost(options: FreeHostOptions): Promise<FreeHost> {
  return createFreeHost("thread", options, (shards, heapMaxMb) => ({
    isDedicated: true,
    place: ({ member: { definition, spec } }) => shards.start(definition, spec.heapMaxMb ?? heapMaxMb),
  }));
}
