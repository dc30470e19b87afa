import type { ControllerRevision } from "../../api/kinds/controller_revision.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME CONTROLLER REVISION AGE. */
export const controllerRevision = defineTable<ControllerRevision>({
  group: "apps",
  kind: "ControllerRevision",
  columns: [
    nameColumn,
    {
      name: "Controller",
      description: "Whose revision it is",
      of({ metadata }) {
        const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
        if (owner === undefined) return "<none>";
        const [group = ""] = owner.apiVersion.includes("/") ? owner.apiVersion.split("/") : [];
        return `${owner.kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${owner.name}`;
      },
    },
    { name: "Revision", type: "integer", description: "Its number", of: ({ revision }) => revision },
    ageColumn,
  ],
});
