import type { PodTemplate } from "../../api/kinds/pod_template.ts";
import { ageColumn, defineTable, labelsText, listed, nameColumn } from "./printing/columns.ts";

/** NAME CONTAINERS IMAGES POD-LABELS AGE. */
export const podTemplate = defineTable<PodTemplate>({
  group: "",
  kind: "PodTemplate",
  columns: [
    nameColumn,
    {
      name: "Containers",
      description: "The names of the containers",
      of: ({ template }) => listed((template.spec?.containers ?? []).map(({ name }) => name)),
    },
    {
      name: "Images",
      description: "The images of the containers",
      of: ({ template }) => listed((template.spec?.containers ?? []).map(({ image }) => image ?? "")),
    },
    {
      name: "Pod Labels",
      description: "The labels of its pods",
      of: ({ template }) => labelsText(template.metadata?.labels),
    },
    ageColumn,
  ],
});
