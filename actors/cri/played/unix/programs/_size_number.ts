const factors: Readonly<Record<string, number>> = {
  "": 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** A number with a unit, as `dd` takes it: `1k`, `2M`, `1MB`; `NaN` for anything else. */
export function sizeNumber(text: string): number {
  const [, digits = "", unit = "", decimal] = /^(\d+)([cwbkKMG]?)(B?)$/.exec(text) ?? [];
  if (digits === "") return Number.NaN;
  const factor = factors[unit] ?? 1;
  return (
    Number(digits) *
    (decimal === "B" && factor >= 1024 ? 1000 ** Math.round(Math.log(factor) / Math.log(1024)) : factor)
  );
}
