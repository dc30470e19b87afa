import type { ResourceClaim } from "../../api/kinds/resource_claim.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME STATE AGE. */
export const resourceClaim = defineTable<ResourceClaim>({
  group: "resource.k8s.io",
  kind: "ResourceClaim",
  columns: [nameColumn, { name: "State", description: "How far it is", of: stateOf }, ageColumn],
});

function stateOf({ metadata, status }: Frozen<ResourceClaim>): string {
  const states = metadata.deletionTimestamp === undefined ? [] : ["deleted"];
  if (status?.allocation) states.push("allocated", ...(status.reservedFor?.length ? ["reserved"] : []));
  else if (states.length === 0) states.push("pending");
  return states.join(",");
}
