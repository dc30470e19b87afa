import { certManagerPart } from "./_cert_manager_part.ts";

/** What signs certificates. */
export const certManagerController = certManagerPart(
  "controller",
  "cert-manager: issuers that are self-signed or have an authority, and certificates",
);
