import type { MutatingWebhookConfiguration } from "../../api/kinds/mutating_webhook_configuration.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME WEBHOOKS AGE. */
export const mutatingWebhookConfiguration = defineTable<MutatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  kind: "MutatingWebhookConfiguration",
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
