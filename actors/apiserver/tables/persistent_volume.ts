import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { Frozen } from "../../api/types.ts";
import { accessModesText } from "./printing/access_modes.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME CAPACITY ACCESS-MODES RECLAIM-POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE. */
export const persistentVolume = defineTable<PersistentVolume>({
  group: "",
  kind: "PersistentVolume",
  columns: [
    nameColumn,
    { name: "Capacity", description: "How large it is", of: ({ spec }) => spec.capacity?.storage ?? "" },
    { name: "Access Modes", description: "How it may be used", of: ({ spec }) => accessModesText(spec.accessModes) },
    {
      name: "Reclaim Policy",
      description: "What becomes of it when its claim is gone",
      of: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? "",
    },
    { name: "Status", description: "Whether it is bound", of: phaseOf },
    {
      name: "Claim",
      description: "The claim that has it",
      of: ({ spec }) => (spec.claimRef === undefined ? "" : `${spec.claimRef.namespace}/${spec.claimRef.name}`),
    },
    { name: "StorageClass", description: "Its class", of: ({ spec }) => spec.storageClassName ?? "" },
    {
      name: "VolumeAttributesClass",
      description: "The class of what it can do",
      of: ({ spec }) => spec.volumeAttributesClassName ?? "<unset>",
    },
    { name: "Reason", description: "Why it is as it is", of: ({ status }) => status.reason ?? "" },
    ageColumn,
    { name: "VolumeMode", wide: true, description: "Files or blocks", of: ({ spec }) => spec.volumeMode ?? "<unset>" },
  ],
});

function phaseOf({ metadata, status }: Frozen<PersistentVolume>): string {
  return metadata.deletionTimestamp === undefined ? (status.phase ?? "") : "Terminating";
}
