import type { ClaimConsumer } from "../../../api/device_claims.ts";
import { pod as podKind } from "../../../api/kinds/pod.ts";
import { type ResourceClaim, resourceClaim } from "../../../api/kinds/resource_claim.ts";
import { getControllerOf } from "../../../api/owner_references.ts";
import { deviceFinalizer, isDoneWithClaims } from "../../../api/resource_claims.ts";
import type { Frozen, KubeObject, Pod } from "../../../api/types.ts";
import { withoutFinalizer } from "../../claim.ts";
import type { Listers } from "../../loop.ts";
import { type Action, nothingToDo, type Plan } from "../../plan.ts";

type Claim = Frozen<ResourceClaim>;

/** A claim, and who uses it still. */
export interface ClaimUse {
  readonly claim: Claim;
  readonly users: readonly Frozen<ClaimConsumer>[];
  /** Users that only this mirror does not show: the API is asked before they are taken for gone. */
  readonly unseen: readonly Frozen<ClaimConsumer>[];
  /** It was made for a pod that needs it no longer. */
  readonly isLeftOver: boolean;
}

/** Looks which of those for whom a claim is reserved are still there and have not ended. */
export function claimUse(claim: Claim, listers: Listers): ClaimUse {
  const pods = listers.of<Pod>(podKind);
  const { namespace } = claim.metadata;
  const unseen: Frozen<ClaimConsumer>[] = [];
  const users = (claim.status?.reservedFor ?? []).filter((user) => {
    if (user.resource !== "pods" || user.apiGroup) return true;
    const pod = pods.get(`${namespace}/${user.name}`);
    if (pod === undefined) unseen.push(user);
    return pod?.metadata.uid === user.uid && !isDoneWithClaims(pod);
  });
  const owner = getControllerOf(claim as Frozen<KubeObject>);
  const owning = owner?.kind === "Pod" ? pods.get(`${namespace}/${owner.name}`) : undefined;
  const isLeftOver = owning !== undefined && owning.metadata.uid === owner?.uid && isDoneWithClaims(owning);
  return { claim, users, unseen, isLeftOver };
}

/** Takes users that are gone off a claim; with the last one go its devices, and with the pod that it was made for the claim. */
export function claimPlan({ claim, users, unseen, isLeftOver }: ClaimUse): Plan {
  const { namespace = "", name, uid = "", finalizers = [], deletionTimestamp } = claim.metadata;
  const isKept = finalizers.includes(deviceFinalizer);
  const { reservedFor = [], allocation, ...rest } = claim.status ?? {};
  const isFreed = users.length < reservedFor.length;
  const isOver = users.length === 0 && isKept && (isFreed || deletionTimestamp !== undefined);
  if (isFreed || isOver) {
    const checks = unseen.map((user): Action => {
      return { op: "ensureAbsent", kind: podKind, namespace, name: user.name, uid: user.uid };
    });
    const kept = allocation && !isOver ? { allocation } : {};
    const status = { ...rest, ...kept, ...(users.length > 0 && { reservedFor: users }) };
    const isNew = isFreed || allocation !== undefined;
    const object = { ...claim, status } as Claim;
    const write: Action[] = isNew ? [{ op: "update", kind: resourceClaim, object, subresource: "status" }] : [];
    const patch = { metadata: { uid, ...withoutFinalizer(deviceFinalizer) } };
    const release: Action[] = isOver
      ? [{ op: "patch", kind: resourceClaim, namespace, name, patch, accept: ["NotFound"] }]
      : [];
    return { actions: [...checks, ...write, ...release] };
  }
  const mayGo = isLeftOver && users.length === 0 && deletionTimestamp === undefined;
  return mayGo ? { actions: [{ op: "delete", kind: resourceClaim, namespace, name, uid }] } : nothingToDo;
}
