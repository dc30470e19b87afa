import type { Invariant } from "../../engine/invariant.ts";
import { informersEqualTheStore } from "../../invariants/informers_equal_the_store.ts";
import { newPodsAreKeptApart } from "../../invariants/new_pods_are_kept_apart.ts";
import { policiesAreCarriedOut } from "../../invariants/policies_are_carried_out.ts";
import { sandboxIpsAreUnique } from "../../invariants/sandbox_ips_are_unique.ts";
import { podsBegin } from "./pods_begin.ts";

/** The rules that hold of nodes whose pods are kept apart by policies. */
export const policiesInvariants: readonly Invariant[] = [
  informersEqualTheStore,
  newPodsAreKeptApart,
  podsBegin,
  policiesAreCarriedOut,
  sandboxIpsAreUnique,
];
