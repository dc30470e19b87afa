import type { Validation } from "kubernetes-types/admissionregistration/v1.js";
import { type Evaluating, errorText, resultOf } from "../../api/cel/admission.ts";
import { isError } from "../../api/cel/values.ts";
import {
  validatingAdmissionPolicyRules as policyKind,
  type ValidatingAdmissionPolicy,
} from "../../api/kinds/validating_admission_policy.ts";
import { validatingAdmissionPolicyBindingRules as bindingKind } from "../../api/kinds/validating_admission_policy_binding.ts";
import { forbiddenStatus, type Status, type StatusReason } from "../../api/status.ts";
import type { Frozen } from "../../api/types.ts";
import { groupResource, warn } from "../requests/call.ts";
import { cacheOf } from "../server.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";
import { withNamespace } from "./dynamic/hooks.ts";
import { type Applied, appliedPolicies, evaluatingFor, type Place, type Policy } from "./dynamic/policies.ts";

type Judging = Policy & ValidatingAdmissionPolicy;

/** What breaks a policy. */
interface Broken {
  /** Which of the policy's expressions it is. */
  readonly index: number;
  readonly message: string;
  readonly reason?: string | undefined;
}

/**
 * Judges requests by the expressions of policies, where bindings say that they hold.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: "ValidatingAdmissionPolicy",
  place: 33,
  handles: [{ operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"], resources: ["*/*"] }],
  isIdle: ({ server }) => cacheOf(server, bindingKind).items.size === 0,
  validate(admitting, verdict, step) {
    withNamespace(admitting, step, {
      verdict,
      go: (namespace, later) => verdict(judge({ admitting, namespace }), later),
    });
  },
};

function judge(place: Place): Status | undefined {
  const { admitting } = place;
  let first: Status | undefined;
  for (const applied of appliedPolicies<Judging>(place, { policy: policyKind, binding: bindingKind })) {
    const { policy, binding } = applied;
    const actions = binding.spec.validationActions ?? [];
    const name = policy.metadata.name;
    const by = `ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name}'`;
    if (!applied.params.ok) {
      // What is wrong with the binding itself is refused whatever comes of breaking the policy.
      const message = `failed to configure binding: ${applied.params.failure}`;
      if (policy.spec.failurePolicy !== "Ignore")
        first ??= denial(admitting, { index: 0, message: `${by} denied request: ${message}` });
      continue;
    }
    for (const params of applied.params.value) {
      const broken = brokenBy(place, applied, params);
      if (actions.includes("Audit")) tellAudit(admitting, applied, broken);
      for (const { index, message, reason } of broken) {
        if (actions.includes("Deny"))
          first ??= denial(admitting, { index, message: `${by} denied request: ${message}`, reason });
        const warning = `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name}': ${message}`;
        if (actions.includes("Warn")) warn(admitting.call, [warning]);
      }
    }
  }
  return first;
}

/** What breaks a policy, as the audit log has it. */
function tellAudit({ call }: Admitting, { policy, binding }: Applied<Judging>, broken: readonly Broken[]) {
  if (broken.length === 0) return;
  const told = broken.map(({ index, message }) => ({
    ...{ message, policy: policy.metadata.name, binding: binding.metadata.name },
    ...{ expressionIndex: index, validationActions: binding.spec.validationActions ?? [] },
  }));
  call.note?.("validation.policy.admission.k8s.io/validation_failure", JSON.stringify(told));
}

type Params = Parameters<typeof evaluatingFor>[2];

/** All that a request breaks of a policy; what cannot be told breaks it, unless the policy says otherwise. */
function brokenBy(place: Place, applied: Applied<Judging>, params: Params): Broken[] {
  const { validations = [], auditAnnotations = [], failurePolicy } = applied.policy.spec;
  const isStrict = failurePolicy !== "Ignore";
  const evaluating = evaluatingFor(place, applied as unknown as Applied<Policy>, params);
  if (!evaluating.ok) return isStrict ? [{ index: 0, message: evaluating.failure }] : [];
  const { value: given } = evaluating;
  if (!given) return [];
  const broken: Broken[] = [];
  for (const [index, validation] of validations.entries()) {
    const { expression, reason } = validation;
    const value = resultOf(expression, given);
    if (value === true) continue;
    if (!isError(value)) broken.push({ index, message: messageOf(validation, given), reason });
    else if (isStrict) broken.push({ index, message: errorText(expression, value) });
  }
  for (const [index, { key, valueExpression }] of auditAnnotations.entries()) {
    const value = resultOf(valueExpression, given);
    if (isError(value)) {
      if (isStrict) broken.push({ index, message: errorText(valueExpression, value) });
    } else if (typeof value === "string" && value.trim() !== "") {
      place.admitting.call.note?.(`${applied.policy.metadata.name}/${key}`, value.trim());
    }
  }
  return broken;
}

const messageBytesMax = 5_120;

function messageOf(
  { message = "", messageExpression = "", expression }: Frozen<Validation>,
  given: Evaluating,
): string {
  const value = messageExpression === "" ? "" : resultOf(messageExpression, given);
  const said = typeof value === "string" ? value.trim() : "";
  if (said !== "" && said.length <= messageBytesMax && !said.includes("\n")) return said;
  return message.trim() || `failed expression: ${expression.trim()}`;
}

const codes: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413 };

function denial({ call, draft, old }: Admitting, { message, reason = "Invalid" }: Broken): Status {
  const name = call.name || (draft ?? old)?.metadata.name || draft?.metadata.generateName || "";
  const status = forbiddenStatus(groupResource(call), name, message);
  return {
    ...status,
    reason: reason as StatusReason,
    code: codes[reason] ?? 422,
    details: { ...status.details, causes: [{ message }] },
  };
}
