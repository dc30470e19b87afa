import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { StorageClass } from "../../../api/kinds/storage_class.ts";
import { compareQuantities, formatQuantity, parseQuantity, type Quantity, zero } from "../../../api/quantity.ts";
import { waitsForConsumer } from "../../../api/storage_classes.ts";
import { type Frozen, keyOf } from "../../../api/types.ts";
import { sizeAsked, volumeAnnotations } from "../../../api/volume_binding.ts";
import { diskDriver } from "../../../storage/messages.ts";
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

/** Keeps a volume until what is in it is gone, too. */
export const driverFinalizer = "external-provisioner.volume.kubernetes.io/finalizer";

/** Whether a claim waits for this driver to make its volume. */
export function isAwaited({ metadata, spec }: Claim, found: Class): boolean {
  const { annotations = {}, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || spec.volumeName || found.provisioner !== diskDriver) return false;
  if (annotations[volumeAnnotations.provisioner] !== diskDriver) return false;
  return !waitsForConsumer(found) || annotations[volumeAnnotations.selectedNode] !== undefined;
}

/** Why this driver cannot make what a claim asks for; undefined: it can. */
export function whyNot({ spec }: Claim): string | undefined {
  if (spec.selector !== undefined) return "claim Selector is not supported";
  if (spec.volumeMode === "Block") return `${diskDriver} has no block devices, only file systems`;
  const source = spec.dataSourceRef ?? spec.dataSource;
  return source && `${diskDriver} makes no volumes from a ${source.kind}, only empty ones`;
}

/** Makes a volume for a claim, or says why not. */
export function provisioning({ claim, class: found }: Provisioning, reason: string | undefined): Action[] {
  const about = { op: "tell", kind: persistentVolumeClaim, object: claim } as const;
  const told = (type: "Normal" | "Warning", reason: string, message: string): Action => {
    return { ...about, report: { about: claim, type, reason, message } };
  };
  const className = found.metadata.name;
  const begun = `External provisioner is provisioning volume for claim "${keyOf(claim)}"`;
  if (reason !== undefined) {
    const message = `failed to provision volume with StorageClass "${className}": ${reason}`;
    return [told("Normal", "Provisioning", begun), told("Warning", "ProvisioningFailed", message)];
  }
  const object = volumeFor(claim, found);
  const message = `Successfully provisioned volume ${object.metadata.name}`;
  const report = { about: claim, type: "Normal", reason: "ProvisioningSucceeded", message } as const;
  return [
    told("Normal", "Provisioning", begun),
    { op: "create", kind: persistentVolume, object, accept: ["AlreadyExists"], report },
  ];
}

/** A file system needs some room for itself: what is asked for is the least that there is to be. */
function sizeMade(claim: Claim): Quantity {
  const asked = sizeAsked(claim);
  return compareQuantities(asked, sizeLeast) < 0 ? sizeLeast : asked;
}

function volumeFor(claim: Claim, found: Class): PersistentVolume {
  const { namespace = "", name, uid = "", resourceVersion = "" } = claim.metadata;
  const volume = `pvc-${uid}`;
  const { reclaimPolicy = "Delete", mountOptions } = found;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: volume,
      annotations: { [volumeAnnotations.provisionedBy]: diskDriver },
      ...(reclaimPolicy === "Delete" && { finalizers: [driverFinalizer] }),
    },
    spec: {
      accessModes: [...(claim.spec.accessModes ?? [])],
      capacity: { storage: formatQuantity(sizeMade(claim)) },
      claimRef: { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid, resourceVersion },
      csi: { driver: diskDriver, volumeHandle: volume },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: found.metadata.name,
      volumeMode: "Filesystem",
      ...(mountOptions && { mountOptions: [...mountOptions] }),
    },
    status: {},
  };
}
