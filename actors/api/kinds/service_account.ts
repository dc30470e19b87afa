import { defineKind } from "../kind.ts";
import type { ServiceAccount } from "../types.ts";

/** ServiceAccounts: identities for the processes of pods. */
export const serviceAccount = defineKind<ServiceAccount>({
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  schema: "io.k8s.api.core.v1.ServiceAccount",
});
