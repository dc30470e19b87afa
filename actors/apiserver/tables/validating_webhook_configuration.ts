import type { ValidatingWebhookConfiguration } from "../../api/kinds/validating_webhook_configuration.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME WEBHOOKS AGE. */
export const validatingWebhookConfiguration = defineTable<ValidatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingWebhookConfiguration",
  columns: [
    nameColumn,
    {
      name: "Webhooks",
      type: "integer",
      description: "How many webhooks it has",
      of: ({ webhooks }) => (webhooks ?? []).length,
    },
    ageColumn,
  ],
});
