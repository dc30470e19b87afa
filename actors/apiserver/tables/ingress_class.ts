import type { IngressClass } from "../../api/kinds/ingress_class.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME CONTROLLER PARAMETERS AGE. */
export const ingressClass = defineTable<IngressClass>({
  group: "networking.k8s.io",
  kind: "IngressClass",
  columns: [
    nameColumn,
    { name: "Controller", description: "Who serves it", of: ({ spec }) => spec.controller ?? "" },
    { name: "Parameters", description: "What the controller is told", of: parametersOf },
    ageColumn,
  ],
});

function parametersOf({ spec }: Frozen<IngressClass>): string {
  const { apiGroup, kind, name } = spec.parameters ?? {};
  if (spec.parameters === undefined) return "<none>";
  return `${kind}${apiGroup ? `.${apiGroup}` : ""}/${name}`;
}
