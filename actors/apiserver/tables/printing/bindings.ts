import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import type { Frozen } from "../../../api/types.ts";
import { ageColumn, type Column, nameColumn } from "./columns.ts";

/** NAME ROLE AGE, and with `-o wide` who has the role. */
export const bindingColumns: readonly Column<RoleBinding>[] = [
  nameColumn,
  { name: "Role", description: "What is given", of: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  ageColumn,
  { name: "Users", wide: true, description: "Users who have it", of: (binding) => namesOf(binding, "User") },
  { name: "Groups", wide: true, description: "Groups that have it", of: (binding) => namesOf(binding, "Group") },
  {
    name: "ServiceAccounts",
    wide: true,
    description: "Accounts that have it",
    of: (binding) => namesOf(binding, "ServiceAccount"),
  },
];

function namesOf({ subjects = [] }: Frozen<RoleBinding>, kind: string): string {
  return subjects
    .filter((each) => each.kind === kind)
    .map(({ name, namespace }) => (kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name))
    .join(", ");
}
