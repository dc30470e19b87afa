/** Lower case, without the last dot: names are compared without regard to case. */
export function normalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** Whether a name fits the protocol: labels of 1 to 63 characters, 253 in all. */
export function isEncodable(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => label.length > 0 && label.length <= 63);
}
