import type { RoleBinding } from "../../api/kinds/role_binding.ts";
import { bindingColumns } from "./printing/bindings.ts";
import { defineTable } from "./printing/columns.ts";

/** NAME ROLE AGE, and with `-o wide` who has the role. */
export const clusterRoleBinding = defineTable<RoleBinding>({
  group: "rbac.authorization.k8s.io",
  kind: "ClusterRoleBinding",
  columns: bindingColumns,
});
