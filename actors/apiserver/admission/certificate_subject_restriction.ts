import { decodeBase64 } from "../../api/base64.ts";
import type { CertificateSigningRequest } from "../../api/kinds/certificate_signing_request.ts";
import { organizationsOf } from "../../api/signing_request_subject.ts";
import { forbiddenStatus } from "../../api/status.ts";
import { groupResource } from "../requests/call.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

const signer = "kubernetes.io/kube-apiserver-client";
const masters = "system:masters";

/** Nobody is given a certificate by which they may do all. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: "CertificateSubjectRestriction",
  place: 27,
  handles: [{ operations: ["CREATE"], resources: ["certificatesigningrequests.certificates.k8s.io"] }],
  validate({ call, draft }, verdict, step) {
    const asked = draft as CertificateSigningRequest | undefined;
    if (asked?.spec.signerName !== signer) return verdict(undefined, step);
    const groups = organizationsOf(textOf(asked.spec.request));
    const text = `use of ${signer} signer with ${masters} group is not allowed`;
    const isRefused = groups.includes(masters);
    verdict(isRefused ? forbiddenStatus(groupResource(call), asked.metadata.name, text) : undefined, step);
  },
};

function textOf(request: string): string {
  try {
    return decodeBase64(request);
  } catch {
    return "";
  }
}
