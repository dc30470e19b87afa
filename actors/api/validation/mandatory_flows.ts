import type { FlowSchemaSpec, PriorityLevelConfigurationSpec } from "kubernetes-types/flowcontrol/v1.js";
import { type FieldError, invalid } from "../field_error.ts";
import { type Frozen, jsonEqual } from "../types.ts";

const groups = (...names: string[]) => names.map((name) => ({ kind: "Group", group: { name } }));
const everything = {
  resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] }],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
};

/** The schemas without which no server is. */
const schemas: ReadonlyMap<string, FlowSchemaSpec> = new Map([
  [
    "exempt",
    {
      priorityLevelConfiguration: { name: "exempt" },
      matchingPrecedence: 1,
      rules: [{ subjects: groups("system:masters"), ...everything }],
    },
  ],
  [
    "catch-all",
    {
      priorityLevelConfiguration: { name: "catch-all" },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: "ByUser" },
      rules: [{ subjects: groups("system:unauthenticated", "system:authenticated"), ...everything }],
    },
  ],
]);
const catchAll: PriorityLevelConfigurationSpec = {
  type: "Limited",
  limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: "Reject" } },
};

/** What is wrong with a schema that is to be as every server has it. */
export function mandatorySchemaErrors(name: string, spec: Frozen<FlowSchemaSpec>): FieldError[] {
  const wanted = schemas.get(name);
  if (wanted === undefined || jsonEqual(spec, wanted)) return [];
  return [invalid("spec", spec, `spec of '${name}' must equal the fixed value`)];
}

/** What is wrong with a level that is to be as every server has it; how much the exempt one lends may change. */
export function mandatoryLevelErrors(name: string, spec: Frozen<PriorityLevelConfigurationSpec>): FieldError[] {
  if (name === "exempt") {
    const { exempt: _shares, ...rest } = spec;
    const text = "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value";
    return jsonEqual(rest, { type: "Exempt" }) ? [] : [invalid("spec", spec, text)];
  }
  if (name !== "catch-all" || jsonEqual(spec, catchAll)) return [];
  return [invalid("spec", spec, "spec of 'catch-all' must equal the fixed value")];
}
