import type { CSIStorageCapacity } from "../../api/kinds/csi_storage_capacity.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME STORAGECLASSNAME CAPACITY AGE. */
export const csiStorageCapacity = defineTable<CSIStorageCapacity>({
  group: "storage.k8s.io",
  kind: "CSIStorageCapacity",
  columns: [
    nameColumn,
    { name: "StorageClassName", description: "The class", of: ({ storageClassName }) => storageClassName },
    { name: "Capacity", description: "How much room there is", of: ({ capacity }) => capacity ?? "<unset>" },
    ageColumn,
  ],
});
