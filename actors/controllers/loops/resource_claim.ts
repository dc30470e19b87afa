import { pod as podKind } from "../../api/kinds/pod.ts";
import { resourceClaim as claimKind, type ResourceClaim } from "../../api/kinds/resource_claim.ts";
import { type ResourceClaimTemplate, resourceClaimTemplate } from "../../api/kinds/resource_claim_template.ts";
import { getControllerOf } from "../../api/owner_references.ts";
import { isDoneWithClaims, madeClaim, podClaimsOf } from "../../api/resource_claims.ts";
import { type Frozen, type KubeObject, keyOf, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byController } from "../../client/object_store.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import type { Plan } from "../plan.ts";
import { type ClaimUse, claimPlan, claimUse } from "./resource_claim/claim_use.ts";
import { type PodNeed, podNeeds, podPlan } from "./resource_claim/pod_need.ts";

/** A pod that may need claims, or a claim that may be needed no longer. */
type Subject = { readonly pod: Frozen<Pod> } | { readonly claim: Frozen<ResourceClaim> };

type Observed = { readonly needs: readonly PodNeed[] } | { readonly use: ClaimUse };

/**
 * Makes the ResourceClaims of pods that have templates for them, and takes the devices from claims that no pod uses.
 * It watches ResourceClaims, which it makes, changes and deletes, their templates, and, as long as there are any of
 * these, pods, whose status names the claims that were made. It follows Kubernetes' pkg/controller/resourceclaim.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export const resourceClaim = defineLoop<Subject, Observed, Observed & Subject>({
  name: "resource-claim",
  component: "resource_claim",
  account: "resource-claim-controller",
  watches: [
    watch<ResourceClaim>({
      kind: claimKind,
      indexes: { controller: byController },
      keys: ({ object }) => [claimKey(object), ...ownerKeys(object)],
      expectedBy: (object) => ownerKeys(object)[0],
    }),
    watch<ResourceClaimTemplate>({
      kind: resourceClaimTemplate,
      keys: ({ object }, { listers }) => waitingFor(object, listers),
    }),
  ],
  derived: {
    from: [claimKind, resourceClaimTemplate],
    watchesOf: (listers) => (listers.of(claimKind).size + listers.of(resourceClaimTemplate).size > 0 ? users : []),
  },

  obtain(key, listers) {
    if (!seesPods(listers)) return undefined;
    const [what, name = ""] = key.split(" ");
    const claim = what === "claim" ? listers.of(claimKind).get(name) : undefined;
    const pod = what === "pod" ? listers.of<Pod>(podKind).get(name) : undefined;
    if (claim) return { claim };
    const needsAny = pod && pod.metadata.deletionTimestamp === undefined && !isDoneWithClaims(pod);
    return needsAny ? { pod } : undefined;
  },

  observe: (subject, listers) =>
    "pod" in subject ? { needs: podNeeds(subject.pod, listers) } : { use: claimUse(subject.claim, listers) },

  difference: (subject, observed) => ({ ...subject, ...observed }),

  reconcile(difference, turn): Plan {
    if ("use" in difference) return claimPlan(difference.use);
    return "pod" in difference && turn.expectationsMet
      ? podPlan(difference.pod, difference.needs, turn)
      : { actions: [] };
  },
});

/** Where there is neither a claim nor a template, nobody looks at pods. */
const users: readonly Watch[] = [{ kind: podKind, keys: (change) => podChanged(change as Change<Pod>) }];

function podChanged({ type, object: pod }: Change<Pod>): readonly string[] {
  const wanted = podClaimsOf(pod);
  if (wanted.length === 0) return [];
  if (type !== "deleted" && !isDoneWithClaims(pod)) return [`pod ${keyOf(pod)}`];
  const { namespace } = pod.metadata;
  const names = wanted.map(
    ({ name, resourceClaimName }) => resourceClaimName ?? madeClaim(pod, name)?.resourceClaimName,
  );
  return names.filter((name) => name !== undefined).map((name) => `claim ${namespace}/${name}`);
}

function claimKey(claim: Frozen<ResourceClaim>): string {
  return `claim ${keyOf(claim as Frozen<KubeObject>)}`;
}

/** The key of the pod that a claim was made for. */
function ownerKeys(claim: Frozen<ResourceClaim>): readonly string[] {
  const owner = getControllerOf(claim as Frozen<KubeObject>);
  return owner?.kind === "Pod" ? [`pod ${claim.metadata.namespace}/${owner.name}`] : [];
}

function waitingFor({ metadata }: Frozen<ResourceClaimTemplate>, listers: Listers): readonly string[] {
  if (!seesPods(listers)) return [];
  const waits = (pod: Frozen<Pod>) =>
    pod.metadata.namespace === metadata.namespace &&
    podClaimsOf(pod).some(({ resourceClaimTemplateName }) => resourceClaimTemplateName === metadata.name);
  return [...listers.of<Pod>(podKind).values()].filter(waits).map((pod) => `pod ${keyOf(pod)}`);
}

function seesPods({ derived }: Listers): boolean {
  return derived.some(({ plural }) => plural === podKind.plural);
}
