// Written by `npm run fix`: to add to this list, add a file to this folder.
import { deployment } from "./deployment.ts";
import { garbageCollector } from "./garbage_collector.ts";
import { namespace } from "./namespace.ts";
import { nodeLifecycle } from "./node_lifecycle.ts";
import { podGarbageCollector } from "./pod_garbage_collector.ts";
import { replicaSet } from "./replica_set.ts";
import { serviceAccount } from "./service_account.ts";
import { taintEviction } from "./taint_eviction.ts";

/** All that this folder has, by file name. */
export const all = [
  deployment,
  garbageCollector,
  namespace,
  nodeLifecycle,
  podGarbageCollector,
  replicaSet,
  serviceAccount,
  taintEviction,
] as const;
