import type { CertificateSigningRequest } from "../../api/kinds/certificate_signing_request.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { humanDuration } from "./printing/duration.ts";

/** NAME AGE SIGNERNAME REQUESTOR REQUESTEDDURATION CONDITION. */
export const certificateSigningRequest = defineTable<CertificateSigningRequest>({
  group: "certificates.k8s.io",
  kind: "CertificateSigningRequest",
  columns: [
    nameColumn,
    ageColumn,
    { name: "SignerName", description: "Who is to sign it", of: ({ spec }) => spec.signerName || "<none>" },
    { name: "Requestor", description: "Who wants it", of: ({ spec }) => spec.username ?? "" },
    {
      name: "RequestedDuration",
      description: "For how long",
      of: ({ spec }) =>
        spec.expirationSeconds === undefined ? "<none>" : humanDuration(spec.expirationSeconds * 1_000),
    },
    { name: "Condition", description: "What has become of it", of: conditionOf },
  ],
});

function conditionOf({ status }: Frozen<CertificateSigningRequest>): string {
  const has = (type: string) => (status.conditions ?? []).some((each) => each.type === type);
  const words: string[] = [];
  if (has("Denied")) words.push("Denied");
  else if (has("Approved")) words.push("Approved");
  else words.push("Pending");
  if (has("Failed")) words.push("Failed");
  if ((status.certificate ?? "") !== "") words.push("Issued");
  return words.join(",");
}
