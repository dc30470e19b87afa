import { replicaSet as kind } from "../../api/kinds/replica_set.ts";
import type { Frozen, ReplicaSet } from "../../api/types.ts";
import { replicaLoop } from "../replicas/replica_loop.ts";

/** Keeps as many pods of a template as a ReplicaSet wants. */
export const replicaSet = replicaLoop({
  name: "replica-set",
  component: "replicaset-controller",
  kind,
  selectorOf: (set) => (set as Frozen<ReplicaSet>).spec.selector,
});
