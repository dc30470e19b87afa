// Written by `npm run fix`: to add to this list, add a file to this folder.
import { configMap } from "./config_map.ts";
import { deployment } from "./deployment.ts";
import { endpointSlice } from "./endpoint_slice.ts";
import { endpoints } from "./endpoints.ts";
import { event } from "./event.ts";
import { lease } from "./lease.ts";
import { namespace } from "./namespace.ts";
import { node } from "./node.ts";
import { pod } from "./pod.ts";
import { replicaSet } from "./replica_set.ts";
import { scale } from "./scale.ts";
import { secret } from "./secret.ts";
import { service } from "./service.ts";
import { serviceAccount } from "./service_account.ts";

/** All that this folder has, by file name. */
export const all = [
  configMap,
  deployment,
  endpointSlice,
  endpoints,
  event,
  lease,
  namespace,
  node,
  pod,
  replicaSet,
  scale,
  secret,
  service,
  serviceAccount,
] as const;
