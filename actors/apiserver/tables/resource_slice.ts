import type { ResourceSlice } from "../../api/kinds/resource_slice.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME NODE DRIVER POOL AGE. */
export const resourceSlice = defineTable<ResourceSlice>({
  group: "resource.k8s.io",
  kind: "ResourceSlice",
  columns: [
    nameColumn,
    { name: "Node", description: "The node whose devices these are", of: ({ spec }) => spec.nodeName ?? "" },
    { name: "Driver", description: "Who offers them", of: ({ spec }) => spec.driver },
    { name: "Pool", description: "What they are part of", of: ({ spec }) => spec.pool.name },
    ageColumn,
  ],
});
