import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { KindDefinition } from "../kind.ts";
import { registry } from "../registry.ts";
import type { Fields, KubeObject } from "../types.ts";

function errorsOf(name: string, object: string, spec: Fields): string[] {
  const kind = registry.kinds.find((each) => each.kind === name) as KindDefinition;
  const draft = { apiVersion: "v1", kind: name, metadata: { name: object }, spec: structuredClone(spec) };
  const made = draft as unknown as KubeObject & Fields;
  kind.applyDefaults(made);
  kind.prepareForCreate(made);
  return kind.validate(made).map(fieldErrorText);
}

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const user = { kind: "User", user: { name: "a" } };
const schemaOf = (rule: object, more: object = {}) =>
  ({ priorityLevelConfiguration: { name: "a" }, rules: [{ subjects: [user], ...rule }], ...more }) as Fields;
const all = { verbs: ["*"], nonResourceURLs: ["*"] };

test("which requests a FlowSchema means is judged in Kubernetes' words, and two of them are as they are", () => {
  const at = "spec.rules[0]";
  const cases: readonly (readonly [spec: Fields, texts: readonly string[]])[] = [
    [schemaOf({ nonResourceRules: [all] }), []],
    [
      schemaOf({ nonResourceRules: [all] }, { matchingPrecedence: 1 }),
      ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
    ],
    [
      schemaOf({ nonResourceRules: [all] }, { distinguisherMethod: { type: "ByName" } }),
      [
        'spec.distinguisherMethod.type: Unsupported value: {"Type":"ByName"}: supported values: "ByNamespace", "ByUser"',
      ],
    ],
    [schemaOf({}), [`${at}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty`]],
    [
      schemaOf({ nonResourceRules: [{ verbs: ["get", "see"], nonResourceURLs: ["a", "/b//c", "/*/d", "/e f"] }] }),
      [
        `${at}.nonResourceRules[0].verbs: Unsupported value: ["get","see"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"`,
        `${at}.nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash`,
        `${at}.nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/b//c": must not contain double slash`,
        `${at}.nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/*/d": wildcard can only do suffix matching`,
        `${at}.nonResourceRules[0].nonResourceURLs[3]: Invalid value: "/e f": must not contain white-space`,
      ],
    ],
    [
      schemaOf({
        resourceRules: [
          { verbs: ["*", "get"], apiGroups: ["*", ""], resources: ["*", "pods"], namespaces: ["*", "a"] },
        ],
      }),
      [
        `${at}.resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs`,
        `${at}.resourceRules[0].apiGroups: Invalid value: ["*",""]: if '*' is present, must not specify other api groups`,
        `${at}.resourceRules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources`,
        `${at}.resourceRules[0].namespaces: Invalid value: ["*","a"]: if '*' is present, must not specify other namespaces`,
      ],
    ],
    [
      schemaOf({ resourceRules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"], namespaces: ["A"] }] }),
      [
        `${at}.resourceRules[0].namespaces[0]: Invalid value: "A": each member of this list must be '*' or a DNS-1123 label; ${label}`,
      ],
    ],
    [
      schemaOf({ subjects: [{ kind: "ServiceAccount", user: { name: "a" } }], nonResourceRules: [all] }),
      [
        `${at}.subjects[0].serviceAccount: Required value: serviceAccount is required when subject kind is 'ServiceAccount'`,
        `${at}.subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'`,
      ],
    ],
  ];
  for (const [spec, texts] of cases) assert.deepEqual(errorsOf("FlowSchema", "a", spec), texts);
  assert.match(
    errorsOf("FlowSchema", "catch-all", schemaOf({ nonResourceRules: [all] }))[0] ?? "",
    /^spec: Invalid value: \{.*\}: spec of 'catch-all' must equal the fixed value$/,
  );
});

test("how a level shares a server is judged in Kubernetes' words", () => {
  const queue = (queuing: object) => ({ type: "Limited", limited: { limitResponse: { type: "Queue", queuing } } });
  const at = "spec.limited.limitResponse.queuing";
  const cases: readonly (readonly [name: string, spec: Fields, texts: readonly string[]])[] = [
    ["a", queue({}), []],
    [
      "a",
      queue({ queues: 9, handSize: 10 }),
      [`${at}.handSize: Invalid value: 10: should not be greater than queues (9)`],
    ],
    [
      "a",
      queue({ queues: 4096, handSize: 6 }),
      [
        `${at}.handSize: Invalid value: 6: required entropy bits of deckSize 4096 and handSize 6 should not be greater than 60`,
      ],
    ],
    [
      "a",
      queue({ queues: -1 }),
      [
        `${at}.queues: Invalid value: -1: must be positive`,
        `${at}.handSize: Invalid value: 8: should not be greater than queues (-1)`,
      ],
    ],
    [
      "a",
      { type: "Exempt" },
      ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
    ],
    [
      "a",
      {
        type: "Limited",
        limited: { lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: { type: "Reject" } },
      },
      [
        "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
        "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer",
      ],
    ],
    ["exempt", { type: "Exempt", exempt: { lendablePercent: 50 } }, []],
    [
      "exempt",
      { type: "Exempt", exempt: { lendablePercent: 101 } },
      ["spec.exempt.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive"],
    ],
  ];
  for (const [name, spec, texts] of cases) assert.deepEqual(errorsOf("PriorityLevelConfiguration", name, spec), texts);
  const [text = ""] = errorsOf("PriorityLevelConfiguration", "catch-all", queue({}));
  assert.match(text, /: spec of 'catch-all' must equal the fixed value$/);
});

test("who serves a version of a group is judged in Kubernetes' words", () => {
  const spec = {
    group: "a.example.com",
    version: "v1",
    groupPriorityMinimum: 1,
    versionPriority: 1,
    service: { namespace: "a", name: "b" },
  };
  const cases: readonly (readonly [name: string, spec: Fields, texts: readonly string[]])[] = [
    ["v1.a.example.com", spec, []],
    ["v1.", { ...spec, group: "" }, []],
    [
      "v2.",
      { ...spec, group: "", version: "v2" },
      ["spec.group: Required value: only v1 may have an empty group and it better be legacy kube"],
    ],
    [
      "a",
      { ...spec, groupPriorityMinimum: 0, versionPriority: 1001 },
      [
        'metadata.name: Invalid value: "a": must be `spec.version+"."+spec.group`: "v1.a.example.com"',
        "spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000",
        "spec.versionPriority: Invalid value: 1001: must be positive and less than 1000",
      ],
    ],
    [
      "v1.a.example.com",
      { ...spec, service: { namespace: "a", name: "b", port: 70_000 } },
      ["spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive"],
    ],
    [
      "v1.a.example.com",
      { ...spec, service: undefined, caBundle: "YWJj" },
      ['spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle'],
    ],
  ];
  for (const [name, given, texts] of cases) assert.deepEqual(errorsOf("APIService", name, given as Fields), texts);
});
