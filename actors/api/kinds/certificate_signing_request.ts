import type {
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
} from "kubernetes-types/certificates/v1.js";
import { duplicate, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { defineKind } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { prefixedPathErrors } from "../validation/names.ts";

/** A request for a certificate. */
export interface CertificateSigningRequest extends KubeObject {
  spec: CertificateSigningRequestSpec;
  status: CertificateSigningRequestStatus;
}

const secondsMin = 600;
const usages = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];

/** CertificateSigningRequests: certificates that somebody wants signed. */
export const certificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: "certificates.k8s.io",
  kind: "CertificateSigningRequest",
  plural: "certificatesigningrequests",
  shortNames: ["csr"],
  namespaced: false,
  schema: "io.k8s.api.certificates.v1.CertificateSigningRequest",
  subresources: [{ name: "status" }],
  countsGenerations: false,
  fieldSelectors: { "spec.signerName": ({ spec }) => spec.signerName ?? "" },

  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!isRequest(spec.request))
      errors.push(invalid("spec.request", spec.request ?? "", "PEM block type must be CERTIFICATE REQUEST"));
    if (!spec.signerName) errors.push(required("spec.signerName"));
    else
      for (const text of prefixedPathErrors(spec.signerName))
        errors.push(invalid("spec.signerName", spec.signerName, text));
    const wanted = spec.usages ?? [];
    if (wanted.length === 0) errors.push(required("spec.usages"));
    wanted.forEach((usage, index) => {
      if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, usages));
      else if (wanted.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
    });
    const { expirationSeconds } = spec;
    if (expirationSeconds !== undefined && expirationSeconds < secondsMin) {
      errors.push(
        invalid(
          "spec.expirationSeconds",
          expirationSeconds,
          "may not specify a duration less than 600 seconds (10 minutes)",
        ),
      );
    }
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    jsonEqual(spec, old.spec) ? [] : validateImmutable("spec", { value: spec, old: old.spec }),
});

/** Whether the bytes, which come in base64, begin as PEM does. */
function isRequest(base64: string | undefined): boolean {
  return base64?.startsWith("LS0tLS1CRUdJTi") === true;
}
