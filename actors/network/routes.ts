import type { Address } from "../../runtime/mod.ts";
import { bitsOf, type IpNumber, ipNumber } from "../kit/ip_number.ts";
import { ipv4Number } from "./ip.ts";

/**
 * A row of nodes, whose addresses and IPs follow each other: the first has the node's IP `nodeFirst` and the pod range
 * `podFirst`/24, each next one the IP and the range after that. That the computers of thousands of nodes are a row and
 * no list is what lets each of them know all others. Nodes with addresses of two families are two rows.
 */
export interface Route {
  readonly count: number;
  readonly computers: AddressRow;
  readonly nodeFirst: string;
  readonly podFirst: string;
  /** How many bits of an address say whose pod has it. Default 24. */
  readonly podBits?: number;
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
const podBitsDefault = 24;

/** What is known of an address. */
interface Place {
  readonly computer: Address | undefined;
  readonly isPodIp: boolean;
}

const nowhere: Place = { computer: undefined, isPodIp: false };

/** Where in a row an address is; undefined where it is not in it. */
type Look = (ip: string, number: IpNumber | undefined) => Place | undefined;

function addressIn({ prefix, first }: AddressRow, offset: number): Address {
  return `${prefix}${first + offset}`;
}

/** Makes the table that looks IPs up. */
export function createRoutes(rows: readonly Route[]): Routes {
  const known = new Map<string, Place>();
  const looks = rows.map((row) => (row.nodeFirst.includes(":") ? lookOfIpv6(row) : lookOfIpv4(row)));

  function look(ip: string): Place {
    const number = ip.includes(":") ? ipNumber(ip) : undefined;
    for (const each of looks) {
      const found = each(ip, number);
      if (found) return found;
    }
    return nowhere;
  }

  function find(ip: string): Place {
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

function lookOfIpv4({ count, computers, nodeFirst, podFirst, podBits = podBitsDefault }: Route): Look {
  const [node, pod, podRange] = [ipv4Number(nodeFirst), ipv4Number(podFirst), 2 ** (32 - podBits)];
  return (ip) => {
    const number = ipv4Number(ip);
    const inPods = Math.floor((number - pod) / podRange);
    if (inPods >= 0 && inPods < count) return { computer: addressIn(computers, inPods), isPodIp: true };
    const inNodes = number - node;
    return inNodes >= 0 && inNodes < count ? { computer: addressIn(computers, inNodes), isPodIp: false } : undefined;
  };
}

function lookOfIpv6({ count, computers, nodeFirst, podFirst, podBits = podBitsDefault }: Route): Look {
  const [node, pod] = [ipNumber(nodeFirst)?.value ?? 0n, ipNumber(podFirst)?.value ?? 0n];
  const shift = BigInt(bitsOf("IPv6") - podBits);
  return (_ip, number) => {
    if (number?.family !== "IPv6") return undefined;
    const inPods = (number.value - pod) >> shift;
    if (inPods >= 0n && inPods < count) return { computer: addressIn(computers, Number(inPods)), isPodIp: true };
    const inNodes = number.value - node;
    return inNodes >= 0n && inNodes < count
      ? { computer: addressIn(computers, Number(inNodes)), isPodIp: false }
      : undefined;
  };
}
