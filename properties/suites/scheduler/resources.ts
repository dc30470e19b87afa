import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";

/** What a pod takes of a node, by resource, in thousandths of its unit. */
export type Asks = ReadonlyMap<string, number>;

const suffixes: Readonly<Record<string, number>> = {
  m: 1,
  "": 1_000,
  Ki: 1_024_000,
  Mi: 1_048_576_000,
  Gi: 1_073_741_824_000,
};

/** A quantity in thousandths: `250m`, `2`, `64Mi`. */
function thousandths(quantity: string | number): number {
  const [, digits = "0", suffix = ""] = /^(\d+)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  return Number(digits) * (suffixes[suffix] ?? Number.NaN);
}

/**
 * The most that a pod uses at a time: its containers together, or an init container beside the sidecars that were started
 * before it, and its overhead.
 */
export function asksOf({ spec }: Frozen<Pod>): Asks {
  const sidecars = new Map<string, number>();
  const most = new Map<string, number>();
  for (const { restartPolicy, resources } of spec.initContainers ?? []) {
    for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
      const needed = thousandths(quantity) + (sidecars.get(name) ?? 0);
      most.set(name, Math.max(most.get(name) ?? 0, needed));
      if (restartPolicy === "Always") sidecars.set(name, needed);
    }
  }
  const together = new Map(sidecars);
  for (const { resources } of spec.containers) {
    for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
      together.set(name, (together.get(name) ?? 0) + thousandths(quantity));
    }
  }
  for (const [name, amount] of together) most.set(name, Math.max(most.get(name) ?? 0, amount));
  for (const [name, quantity] of Object.entries(spec.overhead ?? {})) {
    most.set(name, (most.get(name) ?? 0) + thousandths(quantity));
  }
  return most;
}

/** What a node has not enough of, beside those who are there; undefined when nothing is short. */
export function fitsBeside(asks: Asks, { status }: Frozen<Node>, others: readonly Asks[]): string | undefined {
  const has = (name: string) => thousandths(status.allocatable?.[name] ?? 0);
  if ((others.length + 1) * 1_000 > has("pods")) return "it has too many pods";
  for (const [name, amount] of asks) {
    const used = others.reduce((sum, each) => sum + (each.get(name) ?? 0), 0);
    if (amount > 0 && used + amount > has(name)) return `it has not enough ${name}`;
  }
  return undefined;
}
