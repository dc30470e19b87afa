// Written by `npm run fix`: to add to this list, add a file to this folder.
import { apiIsLinearizable } from "./api_is_linearizable.ts";
import { bindingNeverChanges } from "./binding_never_changes.ts";
import { clusterIpsAreUnique } from "./cluster_ips_are_unique.ts";
import { finalizersAreHonoured } from "./finalizers_are_honoured.ts";
import { informersEqualTheStore } from "./informers_equal_the_store.ts";
import { nodesAreNotOvercommitted } from "./nodes_are_not_overcommitted.ts";
import { podIpsAreUnique } from "./pod_ips_are_unique.ts";
import { raftIsSafe } from "./raft_is_safe.ts";
import { revisionsOnlyGrow } from "./revisions_only_grow.ts";
import { rollingUpdatesKeepTheirBounds } from "./rolling_updates_keep_their_bounds.ts";
import { storeIsLinearizable } from "./store_is_linearizable.ts";

/** All that this folder has, by file name. */
export const all = [
  apiIsLinearizable,
  bindingNeverChanges,
  clusterIpsAreUnique,
  finalizersAreHonoured,
  informersEqualTheStore,
  nodesAreNotOvercommitted,
  podIpsAreUnique,
  raftIsSafe,
  revisionsOnlyGrow,
  rollingUpdatesKeepTheirBounds,
  storeIsLinearizable,
] as const;
