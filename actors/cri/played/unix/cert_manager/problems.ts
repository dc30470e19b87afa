import { type Certificate, group, type Issuer } from "./objects.ts";

const nothingNamed =
  "at least one of commonName (from the commonName field or from a literalSubject), dnsNames, uriSANs, ipAddresses, emailSANs or otherNames must be set";
const commonNameMax = 64;

/** What is wrong with an object of a kind, in cert-manager's words. */
export function problemsOf(kind: string, object: object): readonly string[] {
  if (kind === "Certificate") return problemsOfCertificate(object as Certificate);
  return kind === "Issuer" || kind === "ClusterIssuer" ? problemsOfIssuer(object as Issuer) : [];
}

function problemsOfCertificate({ spec = {} }: Certificate): readonly string[] {
  const found: string[] = [];
  const { secretName, issuerRef = {}, commonName = "", literalSubject } = spec;
  if (!secretName) found.push("spec.secretName: Required value: must be specified");
  if (!issuerRef.name) found.push("spec.issuerRef.name: Required value: must be specified");
  const isOwn = issuerRef.group === undefined || issuerRef.group === "" || issuerRef.group === group;
  if (isOwn && !["", "Issuer", "ClusterIssuer"].includes(issuerRef.kind ?? ""))
    found.push(
      `spec.issuerRef.kind: Invalid value: ${JSON.stringify(issuerRef.kind)}: must be one of Issuer or ClusterIssuer`,
    );
  const lists = [spec.dnsNames, spec.uris, spec.ipAddresses, spec.emailAddresses, spec.otherNames];
  const isNamed = commonName !== "" || literalSubject || lists.some((list) => (list ?? []).length > 0);
  if (!isNamed) found.push(`spec: Invalid value: "": ${nothingNamed}`);
  if (commonName.length > commonNameMax)
    found.push(`spec.commonName: Too long: may not be more than ${commonNameMax} bytes`);
  return found;
}

function problemsOfIssuer({ spec = {} }: Issuer): readonly string[] {
  const [first, ...others] = ["acme", "ca", "selfSigned", "vault", "venafi"].filter((each) => spec[each]);
  if (first === undefined) return ["spec: Required value: at least one issuer must be configured"];
  const more = others.map((each) => `spec.${each}: Forbidden: may not specify more than one issuer type`);
  return spec.ca && !spec.ca.secretName ? ["spec.ca.secretName: Required value", ...more] : more;
}
