/** A range of IPv4 addresses. */
export interface Cidr {
  readonly first: number;
  readonly size: number;
}

/** Reads `10.96.0.0/16`; throws when it is none, for ranges come from the operator of the cluster. */
export function parseCidr(text: string): Cidr {
  const [address = "", prefix = ""] = text.split("/");
  const base = parseIpv4(address);
  const bits = Number(prefix);
  if (base === undefined || !/^\d{1,2}$/.test(prefix) || bits < 8 || bits > 30) {
    throw new Error(`Cannot read the range of service addresses: "${text}", give an IPv4 range such as 10.96.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  return { first: Math.floor(base / size) * size, size };
}

/** The number of an IPv4 address; undefined when the text is none. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The text of an IPv4 address. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Whether a service may have an address: the first and the last of a range belong to no one. */
export function isUsable({ first, size }: Cidr, address: number): boolean {
  return address > first && address < first + size - 1;
}

/** The same for a range that a client wrote; undefined where it is none that is used here, such as one of IPv6. */
export function cidrOf(text: string): Cidr | undefined {
  const [, address = "", prefix = ""] = /^([^/]+)\/(\d{1,2})$/.exec(text) ?? [];
  const [base, bits] = [parseIpv4(address), Number(prefix)];
  if (base === undefined || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return { first: Math.floor(base / size) * size, size };
}

/** Whether an address, its first and its last one counted, is in a range. */
export function contains({ first, size }: Cidr, address: number): boolean {
  return address >= first && address < first + size;
}
