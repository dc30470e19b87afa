import type { VolumeAttributesClass } from "../../api/kinds/volume_attributes_class.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME DRIVERNAME AGE. */
export const volumeAttributesClass = defineTable<VolumeAttributesClass>({
  group: "storage.k8s.io",
  kind: "VolumeAttributesClass",
  columns: [
    nameColumn,
    { name: "DriverName", description: "Whose volumes it is for", of: ({ driverName }) => driverName },
    ageColumn,
  ],
});
