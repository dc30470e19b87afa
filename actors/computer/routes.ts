import type { Address } from "../../runtime/mod.ts";
import { ipv4Number } from "../network/ip.ts";
import type { Route } from "./messages.ts";

/** Which computer has an IP. */
export interface Routes {
  /** The computer; undefined when none has that IP. */
  computerOf(ip: string): Address | undefined;
  /** Whether it is in the range of a node's pods. */
  isPodIp(ip: string): boolean;
}

/** Found ways are kept, so that an address is parsed once and not for each packet. */
const knownMax = 10_000;
const podRange = 256;

/** Makes the table of a computer. */
export function createRoutes(rows: readonly Route[]): Routes {
  const known = new Map<string, { readonly computer: Address | undefined; readonly isPodIp: boolean }>();
  const table = rows.map(({ index, count, nodeFirst, podFirst }) => {
    return { index, count, node: ipv4Number(nodeFirst), pod: ipv4Number(podFirst) };
  });

  function look(ip: string) {
    const number = ipv4Number(ip);
    for (const { index, count, node, pod } of table) {
      const inPods = Math.floor((number - pod) / podRange);
      if (inPods >= 0 && inPods < count) return { computer: `computer/node-${index + inPods}`, isPodIp: true };
      const inNodes = number - node;
      if (inNodes >= 0 && inNodes < count) return { computer: `computer/node-${index + inNodes}`, isPodIp: false };
    }
    return { computer: undefined, isPodIp: false };
  }

  function find(ip: string) {
    let found = known.get(ip);
    if (!found) {
      found = look(ip);
      if (known.size >= knownMax) known.clear();
      known.set(ip, found);
    }
    return found;
  }

  return { computerOf: (ip) => find(ip).computer, isPodIp: (ip) => find(ip).isPodIp };
}
