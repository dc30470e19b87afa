import { dnsLabelErrors } from "../validation/names.ts";

const surprise = "which can result in surprising behavior; a DNS label is recommended";

/** The warnings of a name that becomes part of a host's name, though it may be none: `what` says of what it does. */
export function hostNameWarnings(name: string, what: "the Pod's hostname" | "Pod names and hostnames"): string[] {
  const errors = dnsLabelErrors(name);
  return errors.length === 0 ? [] : [`metadata.name: this is used in ${what}, ${surprise}: [${errors.join(" ")}]`];
}
