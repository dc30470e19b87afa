import { type FieldError, invalid, tooLong } from "../field_error.ts";
import { authorityProblem } from "./authority_certificate.ts";
import { pemBlocks } from "./certificate_pem.ts";
import { dnsSubdomainErrors } from "./names.ts";

/** As Kubernetes has it. */
const bytesMax = 1024 * 1024;

/** What is wrong with the name of a bundle of trust: one of a signer begins with the signer's. */
export function trustBundleNameErrors(name: string, signerName: string): string[] {
  if (signerName === "") {
    return name.includes(":")
      ? ['ClusterTrustBundle without signer name must not have ":" in its name']
      : dnsSubdomainErrors(name);
  }
  const prefix = `${signerName.replaceAll("/", ":")}:`;
  if (name.startsWith(prefix)) return dnsSubdomainErrors(name.slice(prefix.length));
  return [`ClusterTrustBundle for signerName ${signerName} must be named with prefix ${prefix}`];
}

/** The signer that a bundle's name speaks of; empty where it speaks of none. */
export function signerInName(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(":"))).replaceAll(":", "/");
}

/** What is wrong with the certificates of a bundle, as PEM: they are of authorities, each once, and at least one. */
export function trustBundleErrors(pem: string, at: string): FieldError[] {
  if (new TextEncoder().encode(pem).length > bytesMax) return [tooLong(at, bytesMax)];
  const errors: FieldError[] = [];
  const wrong = (text: string) => errors.push(invalid(at, "<value omitted>", text));
  const places = new Map<string, number[]>();
  let index = -1;
  for (const { type, body, hasHeaders } of pemBlocks(pem)) {
    index++;
    if (type !== "CERTIFICATE") wrong(`entry ${index} has bad block type: ${type}`);
    else if (hasHeaders) wrong(`entry ${index} has PEM block headers`);
    else {
      const problem = authorityProblem(body);
      if (problem !== undefined) wrong(`entry ${index} ${problem}`);
      else places.set(body, [...(places.get(body) ?? []), index]);
    }
  }
  if (errors.length > 0) return errors;
  if (places.size === 0) wrong("at least one trust anchor must be provided");
  for (const indices of places.values()) {
    if (indices.length > 1) wrong(`duplicate trust anchor (indices [${indices.join(" ")}])`);
  }
  return errors;
}
