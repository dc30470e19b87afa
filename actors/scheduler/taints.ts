import type { Frozen, Taint, Toleration } from "../api/types.ts";

/** Whether one of the tolerations bears a taint. */
export function tolerates(tolerations: readonly Frozen<Toleration>[], taint: Frozen<Taint>): boolean {
  return tolerations.some((toleration) => bears(toleration, taint));
}

function bears({ key, effect, operator, value }: Frozen<Toleration>, taint: Frozen<Taint>): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return (operator === undefined || operator === "Equal" || operator === "") && (value ?? "") === (taint.value ?? "");
}
