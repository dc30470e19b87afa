import type {
  ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus,
} from "kubernetes-types/admissionregistration/v1.js";
import { conditionNames, type Known, variablesOf, withoutNames } from "../cel/admission.ts";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors, duplicate, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { conditionErrors, expressionErrors, variableErrors } from "../validation/admission_expressions.ts";
import { validateConditions } from "../validation/conditions.ts";
import { validateMatchConstraints, validateParamKind } from "../validation/match_resources.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";
import { labelKeyErrors } from "../validation/names.ts";
import { failurePolicyErrors } from "../validation/webhooks.ts";

/** What a write must be like, said in expressions. */
export interface ValidatingAdmissionPolicy extends KubeObject {
  spec: ValidatingAdmissionPolicySpec;
  status: ValidatingAdmissionPolicyStatus;
}

const reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const annotationsMax = 20;
const annotationExpressionMax = 5 * 1_024;

/** ValidatingAdmissionPolicies: expressions that a write must satisfy. */
export const validatingAdmissionPolicy = nameKind<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const validatingAdmissionPolicyRules = /* @__PURE__ */ withRules(validatingAdmissionPolicy, {
  schema: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",

  applyDefaults({ spec }) {
    spec.failurePolicy ??= "Fail";
    if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  validate({ metadata, spec }) {
    const { failurePolicy = "", validations = [], auditAnnotations = [], paramKind, matchConditions } = spec;
    const errors = failurePolicyErrors(failurePolicy, "spec.failurePolicy");
    const names = paramKind === undefined ? withoutNames(conditionNames, "params") : conditionNames;
    addErrors(errors, validateParamKind(paramKind, "spec.paramKind"));
    addErrors(errors, validateMatchConstraints(spec.matchConstraints, "spec.matchConstraints"));
    addErrors(errors, conditionErrors(matchConditions, "spec.matchConditions", names));
    const scope = variablesOf(names);
    addErrors(errors, variableErrors(spec.variables, scope));
    if (validations.length === 0 && auditAnnotations.length === 0) {
      const text = "validations or auditAnnotations must contain at least one item";
      return [...errors, required("spec.validations", text), required("spec.auditAnnotations", text)];
    }
    for (const [index, validation] of validations.entries()) {
      addErrors(errors, validationErrors(validation, `spec.validations[${index}]`, scope.known));
    }
    addErrors(errors, annotationErrors(auditAnnotations, metadata.name, scope.known));
    return errors;
  },

  validateStatusUpdate: ({ status }) => [
    ...(status.typeChecking?.expressionWarnings ?? []).flatMap(({ warning, fieldRef }, index) => {
      const at = `status.typeChecking.expressionWarnings[${index}]`;
      const missing = Object.entries({ warning, fieldRef: fieldRef?.trim() }).filter(([, value]) => !value);
      return missing.map(([name]) => required(`${at}.${name}`));
    }),
    ...validateConditions(status.conditions, "status.conditions"),
  ],
});

type Validation = Frozen<ValidatingAdmissionPolicySpec>["validations"] extends infer List
  ? NonNullable<List> extends readonly (infer One)[]
    ? One
    : never
  : never;

function validationErrors(validation: Validation, at: string, known: Known): FieldError[] {
  const { expression, messageExpression = "", message = "", reason } = validation;
  const errors = expressionErrors(expression, `${at}.expression`, { known, result: "bool" });
  const field = `${at}.messageExpression`;
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.push(invalid(field, messageExpression, "must be non-empty if specified"));
  } else if (messageExpression !== "") {
    const own = withoutNames(known, "authorizer");
    addErrors(errors, expressionErrors(messageExpression, field, { known: own, result: "string" }));
  }
  if (message !== "" && message.trim() === "") {
    errors.push(invalid(`${at}.message`, message, "message must be non-empty if specified"));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalid(`${at}.message`, message, "message must not contain line breaks"));
  }
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, reasons));
  return errors;
}

type Annotations = NonNullable<Frozen<ValidatingAdmissionPolicySpec>["auditAnnotations"]>;

function annotationErrors(annotations: Annotations, policy: string, known: Known): FieldError[] {
  const errors: FieldError[] = [];
  const keys = new Set<string>();
  const all = "spec.auditAnnotations";
  if (annotations.length > annotationsMax) {
    errors.push(invalid(all, annotations, `must not have more than ${annotationsMax} auditAnnotations`));
  }
  for (const [index, { key = "", valueExpression = "" }] of annotations.entries()) {
    const at = `${all}[${index}]`;
    const name = `${policy}/${key}`;
    for (const text of labelKeyErrors(name)) errors.push(invalid(`${at}.key`, name, text));
    const trimmed = valueExpression.trim();
    const field = `${at}.valueExpression`;
    if (trimmed === "") errors.push(required(field, "valueExpression is not specified"));
    else if (trimmed.length > annotationExpressionMax) {
      errors.push(required(field, `must not exceed ${annotationExpressionMax} bytes in length`));
    } else addErrors(errors, expressionErrors(valueExpression, field, { known, result: "string or null" }));
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
  }
  return errors;
}
