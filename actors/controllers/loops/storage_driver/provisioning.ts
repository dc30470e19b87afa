import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { StorageClass } from "../../../api/kinds/storage_class.ts";
import { compareQuantities, formatQuantity, parseQuantity, type Quantity, zero } from "../../../api/quantity.ts";
import { waitsForConsumer } from "../../../api/storage_classes.ts";
import { type Frozen, keyOf } from "../../../api/types.ts";
import { sizeAsked, volumeAnnotations } from "../../../api/volume_binding.ts";
import type { Report } from "../../../client/report.ts";
import { diskDriver, isServedByDisk } from "../../../storage/messages.ts";
import type { Action } from "../../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Class = Frozen<StorageClass>;

/** A claim that a volume is to be made for. */
export interface Provisioning {
  readonly claim: Claim;
  readonly class: Class;
}

/** As small as a volume is made. */
const sizeLeast = parseQuantity("1Mi") ?? zero;

/** Where a volume can be had: a topology key and its value, each. */
export type VolumePlace = Readonly<Record<string, string>>;

/** Keeps a volume until what is in it is gone, too. */
export const driverFinalizer = "external-provisioner.volume.kubernetes.io/finalizer";

/** Whether a claim waits for this driver, which serves classes of some provisioners, to make its volume. */
export function isAwaited({ metadata, spec }: Claim, found: Class, serves: (provisioner: string) => boolean): boolean {
  const { annotations = {}, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || spec.volumeName || !serves(found.provisioner)) return false;
  if (annotations[volumeAnnotations.provisioner] !== found.provisioner) return false;
  return !waitsForConsumer(found) || annotations[volumeAnnotations.selectedNode] !== undefined;
}

/** Why this driver cannot make what a claim asks for; undefined: it can. */
export function whyNot({ spec }: Claim, driver: string): string | undefined {
  if (spec.selector !== undefined) return "claim Selector is not supported";
  if (spec.volumeMode === "Block") return `${driver} has no block devices, only file systems`;
  const source = spec.dataSourceRef ?? spec.dataSource;
  return source && `${driver} makes no volumes from a ${source.kind}, only empty ones`;
}

/** Makes a volume for a claim, or says why not. */
export function provisioning(wanted: Provisioning, reason: string | undefined): Action[] {
  return [begun(wanted), ...(reason === undefined ? [made(wanted)] : [refused(wanted, reason)])];
}

/** As large as the volume of a claim is made: a file system needs some room for itself, what is asked for is the least that there is to be. */
export function sizeMade(claim: Claim): Quantity {
  const asked = sizeAsked(claim);
  return compareQuantities(asked, sizeLeast) < 0 ? sizeLeast : asked;
}

/** Tells people of a claim that its volume is being made. */
export function begun({ claim }: Provisioning): Action {
  const message = `External provisioner is provisioning volume for claim "${keyOf(claim)}"`;
  return told(claim, { type: "Normal", reason: "Provisioning", message });
}

/** Tells people of a claim why its volume was not made. */
export function refused({ claim, class: found }: Provisioning, reason: string): Action {
  const message = `failed to provision volume with StorageClass "${found.metadata.name}": ${reason}`;
  return told(claim, { type: "Warning", reason: "ProvisioningFailed", message });
}

/** Writes down the volume of a claim; nodes outside of its place cannot have it. */
export function made({ claim, class: found }: Provisioning, place?: VolumePlace): Action {
  const object = volumeFor(claim, found, place);
  const message = `Successfully provisioned volume ${object.metadata.name}`;
  const report = { about: claim, type: "Normal", reason: "ProvisioningSucceeded", message } as const;
  return { op: "create", kind: persistentVolume, object, accept: ["AlreadyExists"], report };
}

function told(claim: Claim, said: Omit<Report, "about">): Action {
  return { op: "tell", kind: persistentVolumeClaim, object: claim, report: { about: claim, ...said } };
}

/** The name of the volume that is made for a claim. */
export const volumeNameOf = ({ metadata }: Claim): string => `pvc-${metadata.uid}`;

function volumeFor(claim: Claim, found: Class, place: VolumePlace | undefined): PersistentVolume {
  const { namespace = "", name, uid = "", resourceVersion = "" } = claim.metadata;
  const volume = volumeNameOf(claim);
  const { reclaimPolicy = "Delete", mountOptions } = found;
  const driver = isServedByDisk(found.provisioner) ? diskDriver : found.provisioner;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: volume,
      annotations: { [volumeAnnotations.provisionedBy]: driver },
      ...(reclaimPolicy === "Delete" && { finalizers: [driverFinalizer] }),
    },
    spec: {
      accessModes: [...(claim.spec.accessModes ?? [])],
      capacity: { storage: formatQuantity(sizeMade(claim)) },
      claimRef: { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid, resourceVersion },
      csi: { driver, volumeHandle: volume },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: found.metadata.name,
      volumeMode: "Filesystem",
      ...(mountOptions && { mountOptions: [...mountOptions] }),
      ...(place && { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: isIn(place) }] } } }),
    },
    status: {},
  };
}

function isIn(place: VolumePlace) {
  return Object.entries(place).map(([key, value]) => ({ key, operator: "In" as const, values: [value] }));
}
