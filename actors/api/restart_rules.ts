import type { Container, Frozen, PodSpec } from "./types.ts";

/** How a container starts again after it has ended. */
export type RestartPolicy = "Always" | "OnFailure" | "Never";

/** What one exit code or another asks for, whatever the policy says. */
export interface RestartRule {
  readonly action?: string;
  readonly exitCodes?: { readonly operator?: string; readonly values?: readonly number[] };
}

/** What a container says of that by itself, which the types' package does not have yet. */
export interface OwnRestarts {
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly RestartRule[];
}

/** The policy of a container: its own, or its pod's. */
export function restartPolicyOf(spec: Pick<Frozen<PodSpec>, "restartPolicy">, container: Frozen<Container>) {
  return ((container as OwnRestarts).restartPolicy ?? spec.restartPolicy ?? "Always") as RestartPolicy;
}

/** Whether a rule of the container has it start again after this exit code. */
export function isRestartedByRule(container: Frozen<Container>, exitCode: number): boolean {
  return ((container as OwnRestarts).restartPolicyRules ?? []).some(({ action, exitCodes }) => {
    const { operator, values = [] } = exitCodes ?? {};
    if (action !== "Restart") return false;
    return operator === "In" ? values.includes(exitCode) : operator === "NotIn" && !values.includes(exitCode);
  });
}
