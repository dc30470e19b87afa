/** The number of an IPv4 address; NaN when the text is none. */
export function ipv4Number(text: string): number {
  let number = 0;
  let count = 0;
  for (const part of text.split(".")) {
    const byte = /^\d{1,3}$/.test(part) ? Number(part) : 256;
    if (byte > 255) return Number.NaN;
    number = number * 256 + byte;
    count++;
  }
  return count === 4 ? number : Number.NaN;
}

/** Whether a range such as `10.0.0.0/8` has an address; false when either is none. */
export function isInCidr(cidr: string, ip: string): boolean {
  const slash = cidr.indexOf("/");
  const base = ipv4Number(slash < 0 ? cidr : cidr.slice(0, slash));
  const bits = slash < 0 ? 32 : Number(cidr.slice(slash + 1));
  const size = 2 ** (32 - bits);
  return Math.floor(base / size) === Math.floor(ipv4Number(ip) / size);
}
