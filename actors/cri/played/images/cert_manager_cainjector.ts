import { certManagerPart } from "./_cert_manager_part.ts";

/** What tells API servers whom to trust. */
export const certManagerCainjector = certManagerPart(
  "cainjector",
  "cert-manager's injector of authorities into webhooks, APIServices and definitions",
);
