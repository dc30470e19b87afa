/** Of which kind an address is, as Kubernetes calls them. */
export type IpFamily = "IPv4" | "IPv6";

/** An address as a number, so that ranges can be counted through. */
export interface IpNumber {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** How many bits an address of a family has. */
export const bitsOf = (family: IpFamily): 32 | 128 => (family === "IPv4" ? 32 : 128);

/** The family that a text is of, if it is an address at all. */
export function familyOf(text: string): IpFamily {
  return text.includes(":") ? "IPv6" : "IPv4";
}

/** The number of an address; undefined when the text is none. Sources: RFC 4291, RFC 5952. */
export function ipNumber(text: string): IpNumber | undefined {
  const family = familyOf(text);
  const parts = family === "IPv4" ? bytesOf(text) : groupsOf(text);
  if (!parts) return undefined;
  const width = family === "IPv4" ? 8n : 16n;
  return { family, value: parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n) };
}

/** The text of an address, in the one way of RFC 5952. */
export function ipText({ family, value }: IpNumber): string {
  if (family === "IPv4") return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  return textOfGroups(Array.from({ length: 8 }, (_each, at) => Number((value >> BigInt(112 - 16 * at)) & 0xffffn)));
}

/** The four bytes of an IPv4 address; undefined when the text is none. */
export function bytesOf(text: string): readonly number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.map(Number);
}

/** The eight groups of an IPv6 address; undefined when it is none. The last two may be written as an IPv4 address. */
export function groupsOf(text: string): readonly number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [a = 0, b = 0, c = 0, d = 0] = bytesOf(dotted[2] ?? "") ?? [-1];
    if (a < 0) return undefined;
    return groupsOf(`${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  if (![...head, ...tail].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const zeros = Array.from({ length: missing }, () => "0");
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

/** Groups in hexadecimal; the longest row of two or more zeros, the first of such, is left out. */
export function textOfGroups(groups: readonly number[]): string {
  let [start, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > length) [start, length] = [at, end - at];
    at = Math.max(at, end - 1);
  }
  const text = groups.map((group) => group.toString(16));
  if (start < 0) return text.join(":");
  return `${text.slice(0, start).join(":")}::${text.slice(start + length).join(":")}`;
}
