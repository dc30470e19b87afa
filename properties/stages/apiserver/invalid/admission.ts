import type { Row, Table } from "./row.ts";

const apiVersion = "admissionregistration.k8s.io/v1";
const key =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const label1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const rule = { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["*"], resources: ["deployments"] };
const expression = (text: string, wrong: string): Row => [
  { "spec.validations.0.expression": text },
  `spec.validations[0].expression: Invalid value: ${JSON.stringify(text)}: ${wrong}`,
];
/** What a compiler says of an expression, and under which place of it. */
const compiled = (text: string, at: number, wrong: string): Row =>
  expression(text, `compilation failed: ERROR: <input>:1:${at + 1}: ${wrong}\n | ${text}\n | ${".".repeat(at)}^`);

const policies: Table = {
  plural: "validatingadmissionpolicies",
  namespaced: false,
  base: {
    ...{ apiVersion, kind: "ValidatingAdmissionPolicy", metadata: { name: "x" } },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: "true" }] },
  },
  rows: [
    expression("1 + 1", "must evaluate to bool"),
    compiled("'a' + 1 == 'a'", 4, "found no matching overload for '_+_' applied to '(string, int)'"),
    compiled("request.kind.mood == 'a'", 12, "undefined field 'mood'"),
    compiled(
      "namespaceObject.metadata.annotations.a == 1",
      39,
      "found no matching overload for '_==_' applied to '(string, int)'",
    ),
    compiled("params.a == 1", 0, "undeclared reference to 'params' (in container '')"),
    [
      { "spec.validations.0": { expression: "true", messageExpression: "1", message: "a\nb", reason: "Mood" } },
      'spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string',
      'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
      'spec.validations[0].reason: Unsupported value: "Mood": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
    [
      { "spec.validations.0": { expression: "true", messageExpression: " ", message: " " } },
      'spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified',
      'spec.validations[0].message: Invalid value: " ": message must be non-empty if specified',
    ],
    [
      {
        "spec.auditAnnotations": [
          { key: "a b", valueExpression: "1" },
          { key: "a", valueExpression: " " },
        ],
      },
      `spec.auditAnnotations[0].key: Invalid value: "x/a b": ${key}`,
      'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]',
      "spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified",
    ],
    [
      { "spec.paramKind": { apiVersion: "a/b/c", kind: "A_" } },
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      `spec.paramKind.kind: Invalid value: "A_": may have mixed case, but should otherwise match: ${label1035}`,
    ],
    [
      { "spec.matchConstraints.matchPolicy": "Near", "spec.failurePolicy": "Shrug" },
      'spec.failurePolicy: Unsupported value: "Shrug": supported values: "Fail", "Ignore"',
      'spec.matchConstraints.matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"',
    ],
    [
      { "spec.matchConstraints.excludeResourceRules": [{ ...rule, operations: [], resourceNames: ["a/b", "a/b"] }] },
      "spec.matchConstraints.excludeResourceRules[0].resourceNames[0]: Invalid value: \"a/b\": may not contain '/'",
      "spec.matchConstraints.excludeResourceRules[0].resourceNames[1]: Invalid value: \"a/b\": may not contain '/'",
      'spec.matchConstraints.excludeResourceRules[0].resourceNames[1]: Duplicate value: "a/b"',
      "spec.matchConstraints.excludeResourceRules[0].operations: Required value",
    ],
    [
      {
        "spec.matchConditions": [
          { name: "", expression: " " },
          { name: "a", expression: "1" },
        ],
      },
      "spec.matchConditions[0].expression: Required value",
      "spec.matchConditions[0].name: Required value",
      'spec.matchConditions[1].expression: Invalid value: "1": must evaluate to bool',
    ],
  ],
};

const bindings: Table = {
  plural: "validatingadmissionpolicybindings",
  namespaced: false,
  base: {
    ...{ apiVersion, kind: "ValidatingAdmissionPolicyBinding", metadata: { name: "x" } },
    spec: { policyName: "a", validationActions: ["Deny"] },
  },
  rows: [
    [
      { "spec.validationActions": [] },
      "spec.validationActions: Required value: at least one validation action is required",
    ],
    [{ "spec.paramRef": {} }, "spec.paramRef: Required value: one of name or selector must be specified"],
    [
      { "spec.paramRef": { name: "a", selector: {}, parameterNotFoundAction: "Shrug" } },
      "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
      "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Shrug": supported values: "Deny", "Allow"',
    ],
    [
      { "spec.matchResources": { matchPolicy: "Near" } },
      'spec.matchResources.matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"',
    ],
  ],
};

const good = {
  ...{ name: "a.b.c", sideEffects: "None", admissionReviewVersions: ["v1"] },
  clientConfig: { service: { name: "a", namespace: "b" } },
};
const hook = (change: object, ...errors: string[]): Row => [
  { webhooks: [{ ...good, ...change }] },
  ...errors.map((each) => `webhooks[0].${each}`),
];

const hooks: Table = {
  plural: "mutatingwebhookconfigurations",
  namespaced: false,
  base: { apiVersion, kind: "MutatingWebhookConfiguration", metadata: { name: "x" }, webhooks: [good] },
  rows: [
    hook({ matchPolicy: "Near" }, 'matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"'),
    hook(
      { reinvocationPolicy: "Always", sideEffects: undefined },
      "sideEffects: Required value: must specify one of None, NoneOnDryRun",
      'reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"',
    ),
    hook(
      { admissionReviewVersions: ["v3", "v3"] },
      'admissionReviewVersions[1]: Invalid value: "v3": duplicate version',
      'admissionReviewVersions: Invalid value: ["v3","v3"]: must include at least one of v1, v1beta1',
    ),
    hook(
      { clientConfig: { service: { name: "a", namespace: "b", path: "a//c" } } },
      "clientConfig.service.path: Invalid value: \"a//c\": must start with a '/'",
      'clientConfig.service.path: Invalid value: "a//c": segment[0] may not be empty',
      'clientConfig.service.path: Invalid value: "a//c": segment[1] may not be empty',
    ),
    hook(
      { rules: [{ ...rule, operations: ["*", "READ"], scope: "World" }] },
      'rules[0].operations: Invalid value: ["*","READ"]: if \'*\' is present, must not specify other operations',
      'rules[0].operations[1]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      'rules[0].scope: Unsupported value: "World": supported values: "*", "Cluster", "Namespaced"',
    ),
    hook(
      { matchConditions: [{ name: "a", expression: "'a'" }] },
      "matchConditions[0].expression: Invalid value: \"'a'\": must evaluate to bool",
    ),
    [{ webhooks: [good, good] }, 'webhooks[1].name: Duplicate value: "a.b.c"'],
  ],
};

/** Webhooks and policies of admission that are wrong. */
export const admission: readonly Table[] = [policies, bindings, hooks];
