import type { CSIDriver } from "../../api/kinds/csi_driver.ts";
import { ageColumn, defineTable, listed, nameColumn } from "./printing/columns.ts";

/** NAME ATTACHREQUIRED PODINFOONMOUNT STORAGECAPACITY TOKENREQUESTS REQUIRESREPUBLISH MODES AGE. */
export const csiDriver = defineTable<CSIDriver>({
  group: "storage.k8s.io",
  kind: "CSIDriver",
  columns: [
    nameColumn,
    {
      name: "AttachRequired",
      type: "boolean",
      description: "Whether volumes are attached first",
      of: ({ spec }) => spec.attachRequired ?? true,
    },
    {
      name: "PodInfoOnMount",
      type: "boolean",
      description: "Whether it is told of pods",
      of: ({ spec }) => spec.podInfoOnMount ?? false,
    },
    {
      name: "StorageCapacity",
      type: "boolean",
      description: "Whether it says what room it has",
      of: ({ spec }) => spec.storageCapacity ?? false,
    },
    {
      name: "TokenRequests",
      description: "Whom its tokens are for",
      of: ({ spec }) =>
        spec.tokenRequests === undefined ? "<unset>" : listed(spec.tokenRequests.map(({ audience }) => audience)),
    },
    {
      name: "RequiresRepublish",
      type: "boolean",
      description: "Whether volumes are published again",
      of: ({ spec }) => spec.requiresRepublish ?? false,
    },
    { name: "Modes", description: "What volumes it has", of: ({ spec }) => listed(spec.volumeLifecycleModes ?? []) },
    ageColumn,
  ],
});
