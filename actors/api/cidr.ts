import { bitsOf, type IpFamily, type IpNumber, ipNumber, ipText } from "../kit/ip_number.ts";

/** A range of addresses of one family. */
export interface Cidr {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly size: bigint;
}

/** A range that a text such as `10.96.0.0/16` or `fd00:10:96::/112` means; undefined where it is none. */
export function cidrOf(text: string): Cidr | undefined {
  const [, address = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const base = ipNumber(address);
  if (!base) return undefined;
  const left = bitsOf(base.family) - Number(prefix);
  if (left < 0) return undefined;
  const size = 1n << BigInt(left);
  return { family: base.family, first: base.value - (base.value % size), size };
}

/**
 * The ranges that a text such as `10.96.0.0/16,fd00:10:96::/112` means: one, or one of each family.
 *
 * @throws Error where it means none, for such ranges come from the operator of the cluster
 */
export function parseCidrs(text: string, { what, bitsMin, bitsMax }: CidrLimits): readonly Cidr[] {
  const ranges = text.split(",").map((each) => parseCidr(each.trim(), { what, bitsMin, bitsMax }));
  const [first, second] = ranges;
  if (ranges.length > 2 || first?.family === second?.family) {
    throw new Error(`Cannot use the ranges of ${what}: "${text}", give one, or one of each family`);
  }
  return ranges;
}

/** What ranges are for, and how wide and how narrow they may be, by family. */
export interface CidrLimits {
  readonly what: string;
  readonly bitsMin: Readonly<Record<IpFamily, number>>;
  readonly bitsMax: Readonly<Record<IpFamily, number>>;
}

function parseCidr(text: string, { what, bitsMin, bitsMax }: CidrLimits): Cidr {
  const range = cidrOf(text);
  const bits = Number(text.split("/")[1]);
  if (!range) {
    const why = "give a range such as 10.96.0.0/16 or fd00:10:96::/112";
    throw new Error(`Cannot read the range of ${what}: "${text}", ${why}`);
  }
  const [least, most] = [bitsMin[range.family], bitsMax[range.family]];
  if (bits >= least && bits <= most) return range;
  throw new Error(`Cannot use the range of ${what}: "${text}", one of ${range.family} has /${least} to /${most}`);
}

/** How wide and how narrow the ranges of Services' addresses may be. */
const serviceLimits: CidrLimits = {
  what: "service addresses",
  bitsMin: { IPv4: 8, IPv6: 64 },
  bitsMax: { IPv4: 30, IPv6: 126 },
};

/** The ranges of Services' addresses: the first is of the family that Services have by default. */
export function parseServiceCidrs(text: string): readonly Cidr[] {
  return parseCidrs(text, serviceLimits);
}

/** The text of the address that is so far into a range. */
export function addressAt({ family, first }: Cidr, offset: number | bigint): string {
  return ipText({ family, value: first + BigInt(offset) });
}

/** The text of a range. */
export function cidrText({ family, first, size }: Cidr): string {
  return `${ipText({ family, value: first })}/${bitsOf(family) - (size.toString(2).length - 1)}`;
}

/** Whether a service may have an address: the first of a range belongs to no one, and of IPv4 the last neither. */
export function isUsable({ family, first, size }: Cidr, address: IpNumber): boolean {
  const last = first + size - (family === "IPv4" ? 2n : 1n);
  return address.family === family && address.value > first && address.value <= last;
}

/** Whether an address, its first and its last one counted, is in a range. */
export function contains({ family, first, size }: Cidr, address: IpNumber): boolean {
  return address.family === family && address.value >= first && address.value < first + size;
}
