import { certManagerPart } from "./_cert_manager_part.ts";

/** What judges cert-manager's own kinds. */
export const certManagerWebhook = certManagerPart(
  "webhook",
  "cert-manager's webhook, with a certificate of its own authority",
);
