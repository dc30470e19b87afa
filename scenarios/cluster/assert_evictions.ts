import { parseQuantity } from "../../actors/api/quantity.ts";

/** What a kubelet can be told to leave of a node. */
const signals = [
  ...["memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree"],
  "pid.available",
];

/**
 * Refuses what no kubelet's `evictionHard` can be.
 *
 * @throws Error that says which signal or amount it is, and what to give instead
 */
export function assertEvictions(evictionHard: Readonly<Record<string, string>> = {}): void {
  for (const [signal, amount] of Object.entries(evictionHard)) {
    const shown = `evictionHard ${JSON.stringify(signal)}: ${JSON.stringify(amount)}`;
    if (!signals.includes(signal)) {
      throw new Error(`Cannot make a cluster with ${shown}: the signals are ${signals.join(", ")}`);
    }
    const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(amount) ?? [];
    const quantity = percent === undefined ? parseQuantity(amount) : undefined;
    const isAmount = percent === undefined ? quantity !== undefined && quantity.nanos > 0n : Number(percent) <= 100;
    if (!isAmount) throw new Error(`Cannot make a cluster with ${shown}: give a quantity above 0, or 0% to 100%`);
  }
}
