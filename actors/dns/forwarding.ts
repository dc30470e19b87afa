import { knownTypes } from "../network/dns/wire.ts";
import type { DnsQuestion } from "./messages.ts";

/** Whether such a question can be handed on to another server, and its answer handed back. */
export function canForward({ name, type }: DnsQuestion): boolean {
  return (knownTypes as readonly string[]).includes(type) && !name.includes("\\");
}
