import { type FieldError, invalid, required, tooLong } from "../field_error.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";

const domainBytesMax = 253;
const nameBytesMax = domainBytesMax + 1 + domainBytesMax + 63 + 1;

/** What is wrong with the name of a signer: `example.com/signer-name`. Of each part one label's trouble is told. */
export function signerNameErrors(name: string, at: string): FieldError[] {
  if (name === "") return [required(at)];
  const [domain = "", path, ...more] = name.split("/");
  if (path === undefined || more.length > 0) {
    const text = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalid(at, name, text)];
  }
  const errors: FieldError[] = domain.length > domainBytesMax ? [tooLong(at, domainBytesMax)] : [];
  const labels = domain.split(".");
  errors.push(...firstWrong(labels, dnsLabelErrors).map((text) => invalid(at, domain, text)));
  if (labels.length < 2) {
    errors.push(invalid(at, domain, "should be a domain with at least two segments separated by dots"));
  }
  errors.push(...firstWrong(path.split("."), dnsSubdomainErrors).map((text) => invalid(at, path, text)));
  if (name.length > nameBytesMax) errors.push(tooLong(at, nameBytesMax));
  return errors;
}

function firstWrong(labels: readonly string[], errorsOf: (label: string) => string[]): string[] {
  for (const label of labels) {
    const errors = errorsOf(label);
    if (errors.length > 0) return errors.map((text) => `validating label ${JSON.stringify(label)}: ${text}`);
  }
  return [];
}
