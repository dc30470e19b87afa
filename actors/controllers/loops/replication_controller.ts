import {
  type ReplicationController,
  replicationController as replicationControllerKind,
} from "../../api/kinds/replication_controller.ts";
import type { Frozen, ReplicaSet } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import { replicaLoop } from "../replicas/replica_loop.ts";

/** Keeps as many pods of a template as a ReplicationController wants: ReplicaSets' loop, with labels for a selector. */
export const replicationController = replicaLoop({
  name: "replication-controller",
  component: "replication-controller",
  // But for the selector, which is read below, a ReplicationController has the fields of a ReplicaSet.
  kind: replicationControllerKind as unknown as Kind<ReplicaSet>,
  selectorOf(object) {
    const { selector = {} } = (object as Frozen<ReplicationController>).spec;
    return { matchLabels: selector };
  },
});
