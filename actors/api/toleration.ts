import type { Frozen, Taint, Toleration } from "./types.ts";

/** Whether one of the tolerations bears a taint. */
export function tolerates(tolerations: readonly Frozen<Toleration>[], taint: Frozen<Taint>): boolean {
  return tolerations.some((toleration) => toleratesTaint(toleration, taint));
}

/** Whether a toleration bears a taint: without a key or an effect it means all of them. */
export function toleratesTaint({ key, effect, operator, value }: Frozen<Toleration>, taint: Frozen<Taint>): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === "Exists") return true;
  return (operator === undefined || operator === "Equal" || operator === "") && (value ?? "") === (taint.value ?? "");
}
