import type { Address } from "../../runtime/mod.ts";
import type { Route } from "../computer/messages.ts";
import { ipv4Number } from "../network/ip.ts";

/** The computer that has an IP itself, or for a pod. */
export function computerAt(routes: readonly Route[], ip: string): Address | undefined {
  const number = ipv4Number(ip);
  for (const { index, count, nodeFirst, podFirst } of routes) {
    for (const offset of [number - ipv4Number(nodeFirst), Math.floor((number - ipv4Number(podFirst)) / 256)]) {
      if (offset >= 0 && offset < count) return `computer/node-${index + offset}`;
    }
  }
  return undefined;
}
