import type { DnsQuestion } from "./messages.ts";

/** The types of records that have a meaning here; others are not answered, and not handed on. */
export const knownTypes = ["A", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "AAAA", "SRV"] as const;

/** Whether such a question can be handed on to another server, and its answer handed back. */
export function canForward({ name, type }: DnsQuestion): boolean {
  return (knownTypes as readonly string[]).includes(type) && !name.includes("\\");
}
