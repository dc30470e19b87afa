import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity, zero } from "../quantity.ts";
import { setOwn } from "../types.ts";

/** Amounts by the names that quotas have for what is used. */
export type Amounts = ReadonlyMap<string, Quantity>;

/** Amounts as an object writes them. */
export type WrittenAmounts = Readonly<Record<string, string>>;

/** Reads amounts; what is no quantity counts as nothing. */
export function readAmounts(written: WrittenAmounts = {}): Map<string, Quantity> {
  return new Map(Object.entries(written).map(([name, text]) => [name, parseQuantity(text) ?? zero]));
}

/** Writes amounts, their names in order. */
export function writeAmounts(amounts: Amounts): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, amount] of inOrder(amounts)) setOwn(written, { key: name, value: formatQuantity(amount) });
  return written;
}

/** The sum of both. */
export function sumOf(left: Amounts, right: Amounts): Map<string, Quantity> {
  const sum = new Map(left);
  for (const [name, amount] of right) sum.set(name, addQuantities(sum.get(name) ?? zero, amount));
  return sum;
}

/** What is used more than before; nothing becomes less than nothing. */
export function increaseOf(now: Amounts, before: Amounts): Map<string, Quantity> {
  const more = new Map<string, Quantity>();
  for (const [name, { nanos, format }] of now) {
    const left = nanos - (before.get(name)?.nanos ?? 0n);
    if (left > 0n) more.set(name, { nanos: left, format });
  }
  return more;
}

/** Those of the amounts that have one of the names. */
export function only(amounts: Amounts, names: Iterable<string>): Map<string, Quantity> {
  const wanted = new Set(names);
  return new Map([...amounts].filter(([name]) => wanted.has(name)));
}

/** Whether two lists say the same amounts of the same things. */
export function sameAmounts(left: Amounts, right: Amounts): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([name, amount]) => {
    const other = right.get(name);
    return other !== undefined && compareQuantities(amount, other) === 0;
  });
}

/** As messages say amounts: `cpu=1,memory=2Gi`. */
export function amountsText(amounts: Amounts): string {
  return inOrder(amounts)
    .map(([name, amount]) => `${name}=${formatQuantity(amount)}`)
    .join(",");
}

function inOrder(amounts: Amounts): [string, Quantity][] {
  return [...amounts].sort(([a], [b]) => (a < b ? -1 : 1));
}
