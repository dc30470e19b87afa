// Written by `npm run fix`: to add to this list, add a file to this folder.
import { apiRequests } from "./api_requests.ts";
import { controllers } from "./controllers.ts";
import { dnsQueries } from "./dns_queries.ts";
import { memoryPerNode } from "./memory_per_node.ts";
import { messages } from "./messages.ts";
import { podsRunning } from "./pods_running.ts";
import { propertyRuns } from "./property_runs.ts";
import { ruleUpdates } from "./rule_updates.ts";
import { scheduling } from "./scheduling.ts";
import { serviceRequests } from "./service_requests.ts";
import { simulatedCluster } from "./simulated_cluster.ts";
import { storeWrites } from "./store_writes.ts";
import { timeToReady } from "./time_to_ready.ts";
import { workerImageStarts } from "./worker_image_starts.ts";

/** All that this folder has, by file name. */
export const all = [
  apiRequests,
  controllers,
  dnsQueries,
  memoryPerNode,
  messages,
  podsRunning,
  propertyRuns,
  ruleUpdates,
  scheduling,
  serviceRequests,
  simulatedCluster,
  storeWrites,
  timeToReady,
  workerImageStarts,
] as const;
