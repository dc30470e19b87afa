// Written by `npm run fix`: to add to this list, add a file to this folder.
import { deployment } from "./deployment.ts";
import { namespace } from "./namespace.ts";
import { node } from "./node.ts";
import { pod } from "./pod.ts";
import { replicaSet } from "./replica_set.ts";

/** All that this folder has, by file name. */
export const all = [deployment, namespace, node, pod, replicaSet] as const;
