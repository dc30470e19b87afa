import { nameKind, withRules } from "../kind.ts";
import type { ServiceAccount } from "../types.ts";

/** ServiceAccounts: identities for the processes of pods. */
export const serviceAccount = nameKind<ServiceAccount>({
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
});

/** Its rules, which API servers keep. */
export const serviceAccountRules = /* @__PURE__ */ withRules(serviceAccount, {
  schema: "io.k8s.api.core.v1.ServiceAccount",
});
