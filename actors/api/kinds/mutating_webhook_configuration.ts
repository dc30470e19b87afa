import type { MutatingWebhook } from "kubernetes-types/admissionregistration/v1.js";
import { defaultWebhook } from "../defaults/admission.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateWebhooks } from "../validation/webhooks.ts";

/** Who may change a write on its way in. */
export interface MutatingWebhookConfiguration extends KubeObject {
  webhooks?: MutatingWebhook[];
}

/** MutatingWebhookConfigurations: webhooks that may change what is written. */
export const mutatingWebhookConfiguration = nameKind<MutatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  kind: "MutatingWebhookConfiguration",
  plural: "mutatingwebhookconfigurations",
  categories: ["api-extensions"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const mutatingWebhookConfigurationRules = /* @__PURE__ */ withRules(mutatingWebhookConfiguration, {
  schema: "io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration",
  countsGenerations: true,

  applyDefaults({ webhooks }) {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= "Never";
    }
  },

  validate: ({ webhooks }) => validateWebhooks(webhooks),
});
