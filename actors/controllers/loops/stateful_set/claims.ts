import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import { getControllerOf, newControllerRef } from "../../../api/owner_references.ts";
import { type Frozen, type KubeObject, type OwnerReference, type Pod, thaw } from "../../../api/types.ts";
import type { Action } from "../../plan.ts";
import { claimNameOf, isInRange, podNameOf } from "./identity.ts";

type Set = Frozen<StatefulSet>;
type Claim = Frozen<PersistentVolumeClaim>;

/** The claims that are there, by name, in the set's namespace. */
export type ClaimLookup = (name: string) => Claim | undefined;

/** The pod of a number, and the claims around it. */
export interface Claiming {
  readonly set: Set;
  readonly ordinal: number;
  readonly claims: ClaimLookup;
}

function templateNames({ spec }: Set): string[] {
  return (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? "");
}

function existing({ set, ordinal, claims }: Claiming): Claim[] {
  return templateNames(set).flatMap((name) => claims(claimNameOf(set, name, ordinal)) ?? []);
}

/** The claims that the pod needs and that are not there. */
export function missingClaims({ set, ordinal, claims }: Claiming): Action[] {
  const pod = podNameOf(set, ordinal);
  return (set.spec.volumeClaimTemplates ?? []).flatMap((template): Action[] => {
    const name = claimNameOf(set, template.metadata?.name ?? "", ordinal);
    if (claims(name) !== undefined) return [];
    const { labels, annotations } = template.metadata ?? {};
    const owners = ownersWanted(set, { ordinal, pod: undefined });
    const object: PersistentVolumeClaim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name,
        namespace: set.metadata.namespace ?? "",
        labels: { ...labels, ...set.spec.selector.matchLabels },
        ...(annotations && { annotations: { ...annotations } }),
        ...(owners.length > 0 && { ownerReferences: owners }),
      },
      spec: thaw(template.spec ?? {}) as PersistentVolumeClaim["spec"],
      status: {},
    };
    const where = `Pod ${pod} in StatefulSet ${set.metadata.name}`;
    return [
      {
        op: "create",
        kind: persistentVolumeClaim,
        object,
        accept: ["AlreadyExists"],
        report: {
          about: set,
          type: "Normal",
          reason: "SuccessfulCreate",
          message: `create Claim ${name} ${where} success`,
        },
        failureReport: {
          about: set,
          type: "Warning",
          reason: "FailedCreate",
          message: `create Claim ${name} for ${where} failed error: `,
        },
      },
    ];
  });
}

/**
 * Whether the pod has to wait for its claims: one that goes, or that belongs to the pod of that name before this one and
 * is about to go with it, must not be given to the new pod.
 */
export function staleClaim(claiming: Claiming): Claim | undefined {
  const pod = podNameOf(claiming.set, claiming.ordinal);
  return existing(claiming).find(
    ({ metadata }) =>
      metadata.deletionTimestamp !== undefined ||
      metadata.ownerReferences?.some(({ kind, name }) => kind === "Pod" && name === pod),
  );
}

/** Makes the owners of a pod's claims what persistentVolumeClaimRetentionPolicy asks for; owners of others stay. */
export function retentionWrites(claiming: Claiming, pod: Frozen<Pod>): Action[] {
  const { set, ordinal } = claiming;
  const wanted = ownersWanted(set, { ordinal, pod });
  return existing(claiming).flatMap((claim): Action[] => {
    const owners = claim.metadata.ownerReferences ?? [];
    const isOurs = ({ kind, uid, name }: Frozen<OwnerReference>) =>
      uid === set.metadata.uid || (kind === "Pod" && (uid === pod.metadata.uid || name === pod.metadata.name));
    const controller = getControllerOf(claim as Frozen<KubeObject>);
    // Somebody else manages it: the policy does not hold for it.
    if (controller !== undefined && !isOurs(controller)) return [];
    const ours = owners.filter(isOurs);
    const isRight = ours.length === wanted.length && wanted.every(({ uid }) => ours.some((each) => each.uid === uid));
    if (isRight) return [];
    const ownerReferences = [...owners.filter((each) => !isOurs(each)), ...wanted];
    const object = { ...claim, metadata: { ...claim.metadata, ownerReferences } } as Claim;
    return [{ op: "update", kind: persistentVolumeClaim, object, accept: ["NotFound"] }];
  });
}

/** A claim goes with its set, or with its pod once that is one too many, or with nobody. */
function ownersWanted(
  set: Set,
  { ordinal, pod }: { readonly ordinal: number; readonly pod: Frozen<Pod> | undefined },
): OwnerReference[] {
  const { whenDeleted = "Retain", whenScaled = "Retain" } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const isCondemned = whenScaled === "Delete" && !isInRange(set, ordinal);
  if (isCondemned) return pod ? [newControllerRef({ ...pod, apiVersion: "v1", kind: "Pod" })] : [];
  return whenDeleted === "Delete" ? [newControllerRef(set)] : [];
}
