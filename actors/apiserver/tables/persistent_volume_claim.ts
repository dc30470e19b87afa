import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../api/types.ts";
import { accessModesText } from "./printing/access_modes.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME STATUS VOLUME CAPACITY ACCESS-MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE. */
export const persistentVolumeClaim = defineTable<PersistentVolumeClaim>({
  group: "",
  kind: "PersistentVolumeClaim",
  columns: [
    nameColumn,
    { name: "Status", description: "Whether it has a volume", of: phaseOf },
    { name: "Volume", description: "The volume that it has", of: ({ spec }) => spec.volumeName ?? "" },
    {
      name: "Capacity",
      description: "How large that is",
      of: ({ spec, status }) => (spec.volumeName ? (status.capacity?.storage ?? "") : ""),
    },
    {
      name: "Access Modes",
      description: "How that may be used",
      of: ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : ""),
    },
    { name: "StorageClass", description: "The class that it wants", of: ({ spec }) => spec.storageClassName ?? "" },
    {
      name: "VolumeAttributesClass",
      description: "The class of what it wants to do",
      of: ({ spec }) => spec.volumeAttributesClassName ?? "<unset>",
    },
    ageColumn,
    { name: "VolumeMode", wide: true, description: "Files or blocks", of: ({ spec }) => spec.volumeMode ?? "<unset>" },
  ],
});

function phaseOf({ metadata, status }: Frozen<PersistentVolumeClaim>): string {
  return metadata.deletionTimestamp === undefined ? (status.phase ?? "") : "Terminating";
}
