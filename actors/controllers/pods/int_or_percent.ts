/** A number, or a share of the wished number of pods such as `25%`. */
export type IntOrPercent = number | string | undefined;

/** The number that is meant: shares are rounded up for surge and down for unavailable. */
export function scaledValue(value: IntOrPercent, total: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value ?? "")?.[1];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * total) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}
