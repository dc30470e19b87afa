import type { DeviceClass } from "../../api/kinds/device_class.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME AGE. */
export const deviceClass = defineTable<DeviceClass>({
  group: "resource.k8s.io",
  kind: "DeviceClass",
  columns: [nameColumn, ageColumn],
});
