import { hash32 } from "../../../runtime/mod.ts";
import { node as nodeKind } from "../../api/kinds/node.ts";
import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { formatQuantity, unitsOf } from "../../api/quantity.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { volumeAnnotations } from "../../api/volume_binding.ts";
import { expansionOf } from "../loops/storage_driver/expansion.ts";
import {
  begun,
  made,
  type Provisioning,
  refused,
  sizeMade,
  volumeNameOf,
  whyNot,
} from "../loops/storage_driver/provisioning.ts";
import { claimAbsence, emptying, notRemoved } from "../loops/storage_driver/removal.ts";
import type { Action } from "../plan.ts";
import { askCloud } from "./ask_cloud.ts";
import { type CloudDisks, driverWords } from "./cloud_disks.ts";
import { zoneLabel } from "./disk_installation.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/** Rents a volume for a claim, where the node of its first pod is, and writes it down. */
export function diskMaking(wanted: Provisioning, disks: CloudDisks): readonly Action[] {
  const { claim } = wanted;
  const reason = whyNot(claim, disks.driver) ?? whyNotShared(claim);
  if (reason !== undefined) return [begun(wanted), refused(wanted, reason)];
  const name = claim.metadata.annotations?.[volumeAnnotations.selectedNode];
  const { zones = [] } = disks.cloud;
  if (name === undefined) {
    const zone = zones[hash32(volumeNameOf(claim)) % zones.length] ?? "";
    return [begun(wanted), renting(wanted, { disks, zone })];
  }
  const looking: Action = {
    ...{ op: "read", kind: nodeKind, name },
    found(outcome) {
      const zone = outcome.ok ? (outcome.value as Frozen<Node>).metadata.labels?.[zoneLabel] : undefined;
      if (zone !== undefined && zones.includes(zone)) return [renting(wanted, { disks, zone })];
      const why = `error generating accessibility requirements: no topology key found on CSINode ${name}`;
      return [refused(wanted, why), failing(claim, why)];
    },
  };
  return [begun(wanted), looking];
}

function whyNotShared({ spec }: Claim): string | undefined {
  if (!(spec.accessModes ?? []).some((mode) => mode.endsWith("Many"))) return undefined;
  const message =
    "Volume capabilities MULTI_NODE_MULTI_WRITER not supported. Only AccessModes[ReadWriteOnce] supported.";
  return `rpc error: code = InvalidArgument desc = ${message}`;
}

function renting(
  wanted: Provisioning,
  { disks: { cloud }, zone }: { readonly disks: CloudDisks; readonly zone: string },
): Action {
  const { claim } = wanted;
  const { namespace, name } = claim.metadata;
  const about = { kind: persistentVolumeClaim, namespace, name };
  const bytes = unitsOf(formatQuantity(sizeMade(claim)));
  const volume = { name: volumeNameOf(claim), zone, bytes };
  return askCloud(about, { cloud, request: { op: "CreateVolume", volume } }, (answer) => {
    if (!answer.ok) {
      const words = driverWords(answer.failure.message);
      return [refused(wanted, words), failing(claim, words)];
    }
    return [
      made(wanted, { [zoneLabel]: zone }),
      // Where that goes wrong, the look at all that is rented says it.
      askCloud(about, { cloud, request: { op: "KeepVolume", name: volume.name } }, () => []),
    ];
  });
}

function failing({ metadata: { namespace, name } }: Claim, message: string): Action {
  return { op: "fail", kind: persistentVolumeClaim, namespace, name, message };
}

/** Rents more of a volume, and says so. */
export function diskGrowing(claim: Claim, volume: Volume, { cloud }: CloudDisks): readonly Action[] {
  const { namespace, name } = claim.metadata;
  const about = { kind: persistentVolumeClaim, namespace, name };
  const bytes = unitsOf(claim.spec.resources?.requests?.storage);
  const request = { op: "ExpandVolume", name: volume.metadata.name, bytes } as const;
  return [
    askCloud(about, { cloud, request }, (answer) => {
      if (answer.ok) return expansionOf(claim, volume);
      const message = `resize volume "${volume.metadata.name}" by resizer failed: ${driverWords(answer.failure.message)}`;
      const report = { about: claim, type: "Warning", reason: "VolumeResizeFailed", message } as const;
      return [{ op: "tell", kind: persistentVolumeClaim, object: claim, report }, failing(claim, message)];
    }),
  ];
}

/** Gives a volume back that nobody wants any more, and then forgets what was in it. */
export function diskRemoval(volume: Volume, { cloud }: CloudDisks): readonly Action[] {
  const { name } = volume.metadata;
  const about = { kind: persistentVolume, name };
  return [
    ...claimAbsence(volume),
    askCloud(about, { cloud, request: { op: "DeleteVolume", name } }, (answer) => {
      if (answer.ok || answer.failure.reason === "notFound") return [emptying(volume)];
      const { message } = answer.failure;
      return [notRemoved(volume, message), { op: "fail", ...about, message }];
    }),
  ];
}
