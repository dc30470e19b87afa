import type { EndpointAddress, EndpointSubset } from "../../api/types.ts";

/** A port of a subset; that of a slice need not have a number. */
type SubsetPort = NonNullable<EndpointSubset["ports"]>[number];

/** An address with one of its ports, as one pod gives it. */
export interface PortedAddress {
  readonly address: EndpointAddress;
  /** Undefined for a Service without ports. */
  readonly port: SubsetPort | undefined;
  readonly ready: boolean;
}

/** More addresses than this are not told in one Endpoints object. */
export const addressesMax = 1_000;

interface Held {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: SubsetPort[];
}

/** Packs addresses that share the same ports into one subset each; all in an order that only depends on what they are. */
export function packSubsets(ported: readonly PortedAddress[]): EndpointSubset[] {
  const held = new Map<string, Held>();
  for (const { address, port, ready } of ported) {
    const key = `${address.ip}/${address.targetRef?.uid ?? ""}/${ready}`;
    let entry = held.get(key);
    if (!entry) {
      entry = { address, ready, ports: [] };
      held.set(key, entry);
    }
    if (port) entry.ports.push(port);
  }
  const subsets = new Map<string, { ports: SubsetPort[]; members: Held[] }>();
  for (const entry of held.values()) {
    const ports = entry.ports.sort((a, b) => compare(portKey(a), portKey(b)));
    const key = ports.map(portKey).join();
    const same = subsets.get(key);
    if (same) same.members.push(entry);
    else subsets.set(key, { ports, members: [entry] });
  }
  return [...subsets.entries()].sort(([a], [b]) => compare(a, b)).map(([, each]) => subsetOf(each));
}

function subsetOf({ ports, members }: { ports: SubsetPort[]; members: Held[] }): EndpointSubset {
  const sorted = members.sort((a, b) => compare(addressKey(a.address), addressKey(b.address)));
  const ready = sorted.filter((each) => each.ready).map(({ address }) => address);
  const notReady = sorted.filter((each) => !each.ready).map(({ address }) => address);
  return {
    ...(ready.length > 0 ? { addresses: ready } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const addressKey = ({ ip, targetRef }: EndpointAddress) => `${ip}/${targetRef?.uid ?? ""}`;
const portKey = ({ name = "", port, protocol = "TCP", appProtocol = "" }: SubsetPort) =>
  `${protocol}/${String(port).padStart(5, "0")}/${name}/${appProtocol}`;

/**
 * Leaves out what is over capacity, in proportion to the size of each subset: of those that are not ready first, of
 * those that are ready only when they alone are too many. Returns undefined when all fits.
 */
export function truncated(subsets: readonly EndpointSubset[]): EndpointSubset[] | undefined {
  const ready = sum(subsets, ({ addresses = [] }) => addresses.length);
  const notReady = sum(subsets, ({ notReadyAddresses = [] }) => notReadyAddresses.length);
  if (ready + notReady <= addressesMax) return undefined;
  const cutsReady = ready > addressesMax;
  const room = cutsReady ? addressesMax : addressesMax - ready;
  const total = cutsReady ? ready : notReady;
  let left = room;
  return subsets.map(({ addresses = [], notReadyAddresses = [], ports }) => {
    const list = cutsReady ? addresses : notReadyAddresses;
    const kept = list.slice(0, Math.min(left, Math.ceil((list.length / total) * room)));
    left -= kept.length;
    const [first, second] = cutsReady ? [kept, []] : [addresses, kept];
    return {
      ...(first.length > 0 ? { addresses: first } : {}),
      ...(second.length > 0 ? { notReadyAddresses: second } : {}),
      ...(ports ? { ports } : {}),
    };
  });
}

function sum(subsets: readonly EndpointSubset[], count: (subset: EndpointSubset) => number): number {
  return subsets.reduce((total, each) => total + count(each), 0);
}
