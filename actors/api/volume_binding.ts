import type { PersistentVolume } from "./kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "./kinds/persistent_volume_claim.ts";
import { matchesLabelSelector } from "./label_selector.ts";
import { matchesNodeTerm, type SelectableNode } from "./node_selector.ts";
import { compareQuantities, parseQuantity, type Quantity, zero } from "./quantity.ts";
import type { Frozen } from "./types.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/** The annotations by which those who bind, place and make volumes tell each other how far they are. */
export const volumeAnnotations = {
  bindCompleted: "pv.kubernetes.io/bind-completed",
  boundByController: "pv.kubernetes.io/bound-by-controller",
  provisionedBy: "pv.kubernetes.io/provisioned-by",
  provisioner: "volume.kubernetes.io/storage-provisioner",
  provisionerBefore: "volume.beta.kubernetes.io/storage-provisioner",
  selectedNode: "volume.kubernetes.io/selected-node",
  isDefaultClass: "storageclass.kubernetes.io/is-default-class",
  isDefaultClassBefore: "storageclass.beta.kubernetes.io/is-default-class",
} as const;

/** What keeps a claim that pods use, and a volume that is bound, from going. */
export const protectionFinalizers = {
  claim: "kubernetes.io/pvc-protection",
  volume: "kubernetes.io/pv-protection",
} as const;

/** The provisioner of classes whose volumes are made by hand. */
export const noProvisioner = "kubernetes.io/no-provisioner";

/** The name of the class that a claim asks for; empty: none. */
export function classNameOf({ spec }: Claim): string {
  return spec.storageClassName ?? "";
}

/** Whether a claim has been bound for good: it has its volume, and the binder is done with it. */
export function isFullyBound({ metadata, spec }: Claim): boolean {
  return (spec.volumeName ?? "") !== "" && metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined;
}

/** Whether a volume is kept for this very claim, or for any of its name. */
export function isVolumeFor({ spec: { claimRef } }: Volume, { metadata }: Claim): boolean {
  if (!claimRef || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

/** How much a claim asks for. */
export function sizeAsked({ spec }: Claim): Quantity {
  return parseQuantity(spec.resources?.requests?.storage ?? "") ?? zero;
}

/** How much a volume holds. */
export function sizeOfVolume({ spec }: Volume): Quantity {
  return parseQuantity(spec.capacity?.storage ?? "") ?? zero;
}

/** Whether a volume can be reached from a node. */
export function isReachable({ spec: { nodeAffinity } }: Volume, node: SelectableNode): boolean {
  const terms = nodeAffinity?.required?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesNodeTerm(node, term));
}

/** Why a volume is not what a claim asks for, beside its labels; undefined: it is. */
export function mismatchOf(volume: Volume, claim: Claim): string | undefined {
  if (compareQuantities(sizeOfVolume(volume), sizeAsked(claim)) < 0) return "requested PV is too small";
  if ((volume.spec.storageClassName ?? "") !== classNameOf(claim)) return "storageClassName does not match";
  if ((volume.spec.volumeAttributesClassName ?? "") !== (claim.spec.volumeAttributesClassName ?? "")) {
    return "VolumeAttributesClassName does not match";
  }
  if (modeOf(volume) !== modeOf(claim)) return "incompatible volumeMode";
  return hasModes(volume, claim) ? undefined : "incompatible accessMode";
}

function modeOf({ spec }: Volume | Claim): string {
  return spec.volumeMode ?? "Filesystem";
}

/** Whether a claim and its volume are of the same sort: a file system or a block device. */
function isSameMode(volume: Volume, claim: Claim): boolean {
  return modeOf(volume) === modeOf(claim);
}

function hasModes(
  { spec: { accessModes: offered = [] } }: Volume,
  { spec: { accessModes: asked = [] } }: Claim,
): boolean {
  return asked.every((mode) => offered.includes(mode));
}

/** Which volumes may be taken for a claim. */
export interface MatchOptions {
  /** Only those that can be reached from here. Default: from anywhere. */
  readonly node?: SelectableNode | undefined;
  /** Only those that are kept for it: the others wait until it is known where its pod goes. Default false. */
  readonly onlyKept?: boolean;
  /** These are taken. Default none. */
  readonly taken?: ReadonlySet<string>;
}

/**
 * The volume for a claim: the one that is kept for it, else the one with the fewest access modes that are enough, and
 * the smallest of those.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
 */
export function volumeFor(claim: Claim, volumes: Iterable<Volume>, options: MatchOptions = {}): Volume | undefined {
  const { node, onlyKept = false, taken } = options;
  let best: Volume | undefined;
  for (const volume of volumes) {
    if (taken?.has(volume.metadata.name)) continue;
    const isKept = isVolumeFor(volume, claim);
    if (volume.spec.claimRef && !isKept) continue;
    if (volume.metadata.deletionTimestamp !== undefined || !isSameMode(volume, claim)) continue;
    const canBeReached = node === undefined || isReachable(volume, node);
    if (isKept) {
      if (compareQuantities(sizeOfVolume(volume), sizeAsked(claim)) < 0) continue;
      return canBeReached ? volume : undefined;
    }
    if (onlyKept || !canBeReached || !isOffered(volume, claim)) continue;
    if (best === undefined || isBetter(volume, best)) best = volume;
  }
  return best;
}

function isOffered(volume: Volume, claim: Claim): boolean {
  if (volume.status.phase !== "Available" || mismatchOf(volume, claim) !== undefined) return false;
  return claim.spec.selector === undefined || matchesLabelSelector(claim.spec.selector, volume.metadata.labels);
}

function isBetter(volume: Volume, other: Volume): boolean {
  const modes = (volume.spec.accessModes ?? []).length - (other.spec.accessModes ?? []).length;
  if (modes !== 0) return modes < 0;
  const size = compareQuantities(sizeOfVolume(volume), sizeOfVolume(other));
  return size !== 0 ? size < 0 : volume.metadata.name < other.metadata.name;
}
