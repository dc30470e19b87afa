import type { ValidatingWebhook } from "kubernetes-types/admissionregistration/v1.js";
import { defaultWebhook } from "../defaults/admission.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateWebhooks } from "../validation/webhooks.ts";

/** Who is asked whether a write may be. */
export interface ValidatingWebhookConfiguration extends KubeObject {
  webhooks?: ValidatingWebhook[];
}

/** ValidatingWebhookConfigurations: webhooks that may refuse a write. */
export const validatingWebhookConfiguration = nameKind<ValidatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingWebhookConfiguration",
  plural: "validatingwebhookconfigurations",
  categories: ["api-extensions"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const validatingWebhookConfigurationRules = /* @__PURE__ */ withRules(validatingWebhookConfiguration, {
  schema: "io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration",
  countsGenerations: true,

  applyDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) defaultWebhook(webhook);
  },
  validate: ({ webhooks }) => validateWebhooks(webhooks),
});
