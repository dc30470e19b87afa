import { pod as podKind } from "../../../api/kinds/pod.ts";
import { type ResourceClaim, resourceClaim } from "../../../api/kinds/resource_claim.ts";
import { type ResourceClaimTemplate, resourceClaimTemplate } from "../../../api/kinds/resource_claim_template.ts";
import { newControllerRef } from "../../../api/owner_references.ts";
import {
  consumerOf,
  consumersMax,
  isClaimOf,
  isReservedFor,
  madeClaim,
  type PodClaim,
  podClaimAnnotation,
  podClaimsOf,
} from "../../../api/resource_claims.ts";
import { type Frozen, type KubeObject, type Pod, thaw } from "../../../api/types.ts";
import type { Listers, Turn } from "../../loop.ts";
import type { Action, Plan } from "../../plan.ts";

type Claim = Frozen<ResourceClaim>;

/** One of a pod's claims, and what there is of it. */
export interface PodNeed {
  readonly wanted: PodClaim;
  /** What the pod's status says of it. */
  readonly said: string | undefined;
  readonly claim: Claim | undefined;
  readonly template: Frozen<ResourceClaimTemplate> | undefined;
}

/** Looks for what a pod's claims are, and for those that were made for it and that its status does not name yet. */
export function podNeeds(pod: Frozen<Pod>, listers: Listers): readonly PodNeed[] {
  const { namespace, uid = "" } = pod.metadata;
  const claims = listers.of<ResourceClaim>(resourceClaim);
  const made = claims.by("controller", uid);
  return podClaimsOf(pod).flatMap((wanted) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = wanted;
    const status = madeClaim(pod, name);
    const said = status?.resourceClaimName;
    // None was needed after all.
    if (resourceClaimName === undefined && status !== undefined && said === undefined) return [];
    const named = claims.get(`${namespace}/${resourceClaimName ?? said}`);
    const isRight = named && (resourceClaimName !== undefined || isClaimOf(named, pod));
    const claim = isRight ? named : made.find(({ metadata }) => metadata.annotations?.[podClaimAnnotation] === name);
    const templates = listers.of<ResourceClaimTemplate>(resourceClaimTemplate);
    return [{ wanted, said, claim, template: templates.get(`${namespace}/${resourceClaimTemplateName}`) }];
  });
}

/** Makes the claims that are missing, and tells the pod's status their names. */
export function podPlan(pod: Frozen<Pod>, needs: readonly PodNeed[], turn: Turn): Plan {
  const { namespace, name, uid } = pod.metadata;
  const statuses: { readonly name: string; readonly resourceClaimName: string }[] = [];
  const actions = needs.flatMap(({ wanted, said, claim, template }): Action[] => {
    if (wanted.resourceClaimTemplateName === undefined) return [];
    const made = claim?.metadata.name ?? turn.newName(`${name}-${wanted.name}-`);
    if (claim === undefined && template === undefined) return [missingTemplate(pod, wanted)];
    if (made !== said) statuses.push({ name: wanted.name, resourceClaimName: made });
    return claim === undefined && template ? [creation(pod, { wanted, template, name: made })] : [];
  });
  const patch = { metadata: { uid }, status: { resourceClaimStatuses: statuses } };
  const tell: Action = { op: "patch", kind: podKind, namespace, name, subresource: "status", patch };
  return { actions: [...actions, ...(statuses.length > 0 ? [tell] : []), ...reservations(pod, needs)] };
}

interface Creation {
  readonly wanted: PodClaim;
  readonly template: Frozen<ResourceClaimTemplate>;
  readonly name: string;
}

function creation(pod: Frozen<Pod>, { wanted, template, name }: Creation): Action {
  const { metadata, spec } = template.spec;
  const owner = newControllerRef({ ...pod, apiVersion: "v1", kind: "Pod" } as Frozen<KubeObject>);
  const object: ResourceClaim = {
    apiVersion: "resource.k8s.io/v1",
    kind: "ResourceClaim",
    metadata: {
      name,
      generateName: `${pod.metadata.name}-${wanted.name}-`,
      namespace: pod.metadata.namespace ?? "",
      ...(metadata?.labels && { labels: { ...metadata.labels } }),
      annotations: { ...metadata?.annotations, [podClaimAnnotation]: wanted.name },
      ownerReferences: [owner],
    },
    spec: thaw(spec) as ResourceClaim["spec"],
    status: {},
  };
  const message = `PodResourceClaim ${wanted.name}: `;
  const failureReport = { about: pod, type: "Warning", reason: "FailedResourceClaimCreation", message } as const;
  return { op: "create", kind: resourceClaim, object, expected: true, failureReport };
}

function missingTemplate(pod: Frozen<Pod>, { name, resourceClaimTemplateName = "" }: PodClaim): Action {
  const why = `resourceclaimtemplate.resource.k8s.io ${JSON.stringify(resourceClaimTemplateName)} not found`;
  const message = `PodResourceClaim ${name}: resource claim template ${JSON.stringify(resourceClaimTemplateName)}: ${why}`;
  const report = { about: pod, type: "Warning", reason: "FailedResourceClaimCreation", message } as const;
  return { op: "tell", kind: podKind, object: pod as Frozen<KubeObject>, report };
}

/** A pod that was given its node by hand may use what its claims have; the scheduler sees to all others. */
function reservations({ metadata, spec }: Frozen<Pod>, needs: readonly PodNeed[]): readonly Action[] {
  const { name, uid = "" } = metadata;
  if (!spec.nodeName) return [];
  return needs.flatMap(({ claim }): Action[] => {
    const { reservedFor = [], allocation } = claim?.status ?? {};
    if (!claim || !allocation || isReservedFor(claim, uid) || reservedFor.length >= consumersMax) return [];
    const status = { ...claim.status, reservedFor: [...reservedFor, consumerOf({ name, uid })] };
    const object = { ...claim, status } as Claim;
    return [{ op: "update", kind: resourceClaim, object, subresource: "status" }];
  });
}
