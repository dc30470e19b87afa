import type { IPAddress } from "../../api/kinds/ip_address.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME PARENTREF AGE. */
export const ipAddress = defineTable<IPAddress>({
  group: "networking.k8s.io",
  kind: "IPAddress",
  columns: [nameColumn, { name: "ParentRef", description: "Whose it is", of: parentOf }, ageColumn],
});

function parentOf({ spec }: Frozen<IPAddress>): string {
  const { group = "", resource = "", namespace = "", name = "" } = spec.parentRef ?? {};
  const what = group === "" ? resource : `${resource}.${group}`;
  return [what, namespace, name].filter((each) => each !== "").join("/");
}
