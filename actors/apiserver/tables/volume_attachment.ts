import type { VolumeAttachment } from "../../api/kinds/volume_attachment.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME ATTACHER PV NODE ATTACHED AGE. */
export const volumeAttachment = defineTable<VolumeAttachment>({
  group: "storage.k8s.io",
  kind: "VolumeAttachment",
  columns: [
    nameColumn,
    { name: "Attacher", description: "Who attaches it", of: ({ spec }) => spec.attacher },
    { name: "PV", description: "The volume", of: ({ spec }) => spec.source.persistentVolumeName ?? "" },
    { name: "Node", description: "The node", of: ({ spec }) => spec.nodeName },
    { name: "Attached", type: "boolean", description: "Whether it is there", of: ({ status }) => status.attached },
    ageColumn,
  ],
});
