import type { MatchResources, ParamKind, Variable } from "kubernetes-types/admissionregistration/v1.js";
import {
  conditionNames,
  type Known,
  type MatchCondition,
  variablesOf,
  withMutationTypes,
  withoutNames,
} from "../cel/admission.ts";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { conditionErrors, expressionErrors, variableErrors } from "../validation/admission_expressions.ts";
import { validateMatchConstraints, validateParamKind } from "../validation/match_resources.ts";
import { failurePolicyErrors } from "../validation/webhooks.ts";

/** One change that a policy makes. */
export interface Mutation {
  patchType: string;
  applyConfiguration?: { expression?: string };
  jsonPatch?: { expression?: string };
}

/** What is made of a write before it is stored, said in expressions. */
export interface MutatingAdmissionPolicy extends KubeObject {
  spec: {
    paramKind?: ParamKind;
    matchConstraints?: MatchResources;
    variables?: Variable[];
    mutations?: Mutation[];
    failurePolicy?: string;
    matchConditions?: MatchCondition[];
    reinvocationPolicy?: string;
  };
}

/** MutatingAdmissionPolicies: expressions that change what is written. */
export const mutatingAdmissionPolicy = nameKind<MutatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1beta1",
  kind: "MutatingAdmissionPolicy",
  plural: "mutatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const mutatingAdmissionPolicyRules = /* @__PURE__ */ withRules(mutatingAdmissionPolicy, {
  schema: "io.k8s.api.admissionregistration.v1beta1.MutatingAdmissionPolicy",
  countsGenerations: true,

  applyDefaults({ spec }) {
    spec.failurePolicy ??= "Fail";
    if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    const { failurePolicy = "", mutations = [], matchConstraints, paramKind, reinvocationPolicy = "" } = spec;
    addErrors(errors, failurePolicyErrors(failurePolicy, "spec.failurePolicy"));
    const names = paramKind === undefined ? withoutNames(conditionNames, "params") : conditionNames;
    addErrors(errors, validateParamKind(paramKind, "spec.paramKind"));
    addErrors(errors, validateMatchConstraints(matchConstraints, "spec.matchConstraints"));
    addErrors(errors, conditionErrors(spec.matchConditions, "spec.matchConditions", names));
    const scope = variablesOf(names);
    addErrors(errors, variableErrors(spec.variables, scope));
    if (mutations.length === 0) {
      errors.push(required("spec.mutations", "mutations must contain at least one item"));
    }
    const known = withMutationTypes(scope.known);
    mutations.forEach((mutation, index) => {
      addErrors(errors, mutationErrors(mutation, `spec.mutations[${index}]`, known));
    });
    if (reinvocationPolicy === "") errors.push(required("spec.reinvocationPolicy"));
    else if (reinvocationPolicy !== "Never" && reinvocationPolicy !== "IfNeeded") {
      errors.push(notSupported("spec.reinvocationPolicy", reinvocationPolicy, ["IfNeeded", "Never"]));
    }
    return errors;
  },
});

const ways = { ApplyConfiguration: "applyConfiguration", JSONPatch: "jsonPatch" } as const;

function mutationErrors(mutation: Frozen<Mutation>, at: string, known: Known): FieldError[] {
  const { patchType } = mutation;
  if (!patchType) return [required(`${at}.patchType`)];
  if (patchType !== "ApplyConfiguration" && patchType !== "JSONPatch") {
    return [notSupported(`${at}.patchType`, patchType, Object.keys(ways))];
  }
  const own = ways[patchType];
  const other = own === "jsonPatch" ? "applyConfiguration" : "jsonPatch";
  const errors: FieldError[] = [];
  if (mutation[other] !== undefined) {
    const text = `must not be specified when patchType is ${patchType}`;
    errors.push(invalid(`${at}.${other}`, `{${other}}`, text));
  }
  const { [own]: change } = mutation;
  if (change === undefined) {
    errors.push(required(`${at}.${own}`, `must be specified when patchType is ${patchType}`));
  } else addErrors(errors, expressionErrors(change.expression, `${at}.${own}.expression`, { known }));
  return errors;
}
