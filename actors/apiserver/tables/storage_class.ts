import type { StorageClass } from "../../api/kinds/storage_class.ts";
import { ageColumn, defineTable } from "./printing/columns.ts";

const defaultAnnotation = "storageclass.kubernetes.io/is-default-class";

/** NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE. */
export const storageClass = defineTable<StorageClass>({
  group: "storage.k8s.io",
  kind: "StorageClass",
  columns: [
    {
      name: "Name",
      format: "name",
      description: "The object's name, and whether it is the default",
      of: ({ metadata }) =>
        metadata.annotations?.[defaultAnnotation] === "true" ? `${metadata.name} (default)` : metadata.name,
    },
    { name: "Provisioner", description: "Who makes its volumes", of: ({ provisioner }) => provisioner },
    {
      name: "ReclaimPolicy",
      description: "What becomes of its volumes",
      of: ({ reclaimPolicy }) => reclaimPolicy ?? "Delete",
    },
    {
      name: "VolumeBindingMode",
      description: "When a claim gets its volume",
      of: ({ volumeBindingMode }) => volumeBindingMode ?? "<unset>",
    },
    {
      name: "AllowVolumeExpansion",
      description: "Whether its volumes can grow",
      of: ({ allowVolumeExpansion }) => String(allowVolumeExpansion ?? false),
    },
    ageColumn,
  ],
});
