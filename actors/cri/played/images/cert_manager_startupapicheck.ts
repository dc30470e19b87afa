import { certManagerPart } from "./_cert_manager_part.ts";

/** What waits until cert-manager's API is there. */
export const certManagerStartupapicheck = certManagerPart("startupapicheck", "cert-manager's check of its API");
