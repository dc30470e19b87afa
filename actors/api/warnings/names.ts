import { dnsLabelErrors } from "../validation/names.ts";

/** What a server warns of in a name from which others are made that have to be labels of DNS. */
export function nameWarnings(name: string, use: string): string[] {
  const texts = dnsLabelErrors(name);
  if (texts.length === 0) return [];
  const why = "which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: this is used in ${use}, ${why}: [${texts.join(" ")}]`];
}
