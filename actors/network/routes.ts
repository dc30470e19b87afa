import type { Address } from "../../runtime/mod.ts";
import { ipv4Number } from "./ip.ts";

/**
 * A row of nodes, whose addresses and IPs follow each other: the first has the node's IP `nodeFirst` and the pod range
 * `podFirst`/24, each next one the IP and the range after that. That the computers of thousands of nodes are a row and
 * no list is what lets each of them know all others.
 */
export interface Route {
  readonly count: number;
  readonly computers: AddressRow;
  readonly nodeFirst: string;
  readonly podFirst: string;
}

/** Addresses that differ in the number at their end: `computer/node-0`, `computer/node-1`, ... */
export interface AddressRow {
  readonly prefix: string;
  readonly first: number;
}

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

function addressIn({ prefix, first }: AddressRow, offset: number): Address {
  return `${prefix}${first + offset}`;
}

/** Makes the table that looks IPs up. */
export function createRoutes(rows: readonly Route[]): Routes {
  const known = new Map<string, { readonly computer: Address | undefined; readonly isPodIp: boolean }>();
  const table = rows.map(({ count, computers, nodeFirst, podFirst }) => {
    return { count, computers, node: ipv4Number(nodeFirst), pod: ipv4Number(podFirst) };
  });

  function look(ip: string) {
    const number = ipv4Number(ip);
    for (const { count, computers, node, pod } of table) {
      const inPods = Math.floor((number - pod) / podRange);
      if (inPods >= 0 && inPods < count) return { computer: addressIn(computers, inPods), isPodIp: true };
      const inNodes = number - node;
      if (inNodes >= 0 && inNodes < count) return { computer: addressIn(computers, inNodes), isPodIp: false };
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
