import { assert, test } from "../../../properties/house/test.ts";
import { auditNotes } from "../../../properties/stages/apiserver/audit_notes.ts";
import { configMapNamed, createLab } from "../../../properties/stages/apiserver/lab.ts";
import type { AuditPolicy } from "./policy.ts";
import { readPolicy } from "./read_policy.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into events of all kinds
type Event = any;

function stage(audit: AuditPolicy) {
  const { device, events } = auditNotes<Event>();
  const lab = createLab({ input: { audit }, devices: [device] });
  events.length = 0;
  return { lab, events };
}

const maps = "/api/v1/namespaces/default/configmaps";
const json = { "content-type": "application/json" };

test("what the policy says is written down, as Kubernetes writes it", () => {
  const { lab, events } = stage({ rules: [{ level: "RequestResponse", resources: [{ resources: ["configmaps"] }] }] });
  const body = JSON.stringify(configMapNamed("a", { data: { k: "v" } }));
  const headers = { ...json, "user-agent": "tester", "audit-id": "own-id", "impersonate-user": "bob" };
  lab.http(maps, { method: "POST", headers, body });
  lab.http("/api/v1/namespaces/default/pods");
  lab.http("/version");
  const stages = events.map(({ stage: at, level }) => [at, level]);
  assert.deepEqual(stages, [
    ["RequestReceived", "RequestResponse"],
    ["ResponseComplete", "RequestResponse"],
  ]);
  const { requestReceivedTimestamp, stageTimestamp, responseStatus, annotations, ...refused } = events[1];
  assert.match(requestReceivedTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.ok(stageTimestamp >= requestReceivedTimestamp);
  assert.deepEqual([responseStatus.code, responseStatus.reason], [403, "Forbidden"]);
  assert.equal(annotations["authorization.k8s.io/decision"], "forbid");
  const { responseObject, ...rest } = refused;
  assert.equal(responseObject.kind, "Status");
  assert.deepEqual(rest, {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "RequestResponse", auditID: "own-id" },
    ...{ stage: "ResponseComplete", requestURI: maps, verb: "create" },
    user: { username: "admin", groups: ["system:masters", "system:authenticated"] },
    impersonatedUser: { username: "bob", groups: ["system:authenticated"] },
    ...{ sourceIPs: ["127.0.0.1"], userAgent: "tester" },
    objectRef: { resource: "configmaps", namespace: "default", apiVersion: "v1" },
  });
  lab.http(maps, { method: "POST", headers: json, body });
  const made = events.at(-1);
  assert.deepEqual(
    [made.responseStatus.code, made.requestObject.data, made.responseObject.data],
    [...[201, { k: "v" }, { k: "v" }]],
  );
  assert.deepEqual(made.annotations, { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" });
});

test("the first rule that fits decides how much, and stages can be left out", () => {
  const { lab, events } = stage({
    omitStages: ["RequestReceived"],
    rules: [
      { level: "None", users: ["bob"] },
      { level: "None", resources: [{ resources: ["secrets"] }] },
      {
        level: "Request",
        verbs: ["create"],
        namespaces: ["default"],
        resources: [{ group: "", resources: ["configmaps"] }],
      },
      { level: "Metadata", nonResourceURLs: ["/version*", "/nowhere"] },
      { level: "Metadata", resources: [{ resources: ["pods/*"] }], omitStages: ["ResponseComplete"] },
    ],
  });
  const body = JSON.stringify(configMapNamed("a"));
  lab.http(maps, { method: "POST", headers: json, body });
  lab.http(maps);
  lab.http("/version");
  lab.http("/version", { peer: { commonName: "bob", organizations: [] } });
  lab.http("/api/v1/namespaces/default/secrets");
  lab.http("/api/v1/namespaces/default/pods/x/log");
  assert.deepEqual(
    events.map(({ level, requestURI, requestObject, responseObject }) => [
      ...[level, requestURI, requestObject?.metadata.name, responseObject],
    ]),
    [
      ["Request", maps, "a", undefined],
      ["Metadata", "/version", undefined, undefined],
    ],
  );
});

test("a watch is written down when it begins and when it ends, and components are, too", () => {
  const rules = [
    { level: "Metadata", verbs: ["watch", "delete"], resources: [{ resources: ["configmaps"] }] },
  ] as const;
  const { lab, events } = stage({ rules, omitStages: ["RequestReceived"] });
  lab.http(`${maps}?watch=1&timeoutSeconds=2`);
  lab.simulation.advance(10_000);
  lab.call("delete", "configmaps", { namespace: "default", name: "none" });
  assert.deepEqual(
    events.map(({ stage: at, verb, requestURI, responseStatus }) => [at, verb, requestURI, responseStatus.code]),
    [
      ["ResponseStarted", "watch", `${maps}?watch=1&timeoutSeconds=2`, 200],
      ["ResponseComplete", "watch", `${maps}?watch=1&timeoutSeconds=2`, 200],
      ["ResponseComplete", "delete", `${maps}/none`, 404],
    ],
  );
});

test("what policies of admission say for the audit log is in it", () => {
  const rules = [{ level: "Metadata", verbs: ["create"], resources: [{ resources: ["configmaps"] }] }] as const;
  const { lab, events } = stage({ rules, omitStages: ["RequestReceived"] });
  const about = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] };
  const own = { apiVersion: "admissionregistration.k8s.io/v1", metadata: { name: "p" } };
  const spec = {
    matchConstraints: { resourceRules: [about] },
    validations: [{ expression: "true" }, { expression: "false", message: "never" }],
    auditAnnotations: [{ key: "who", valueExpression: "'made by ' + request.userInfo.username" }],
  };
  lab.call("create", "validatingadmissionpolicies", { body: { ...own, kind: "ValidatingAdmissionPolicy", spec } });
  const binding = { policyName: "p", validationActions: ["Audit"] };
  const body = { ...own, kind: "ValidatingAdmissionPolicyBinding", spec: binding };
  lab.call("create", "validatingadmissionpolicybindings", { body });
  lab.simulation.advance(50);
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  const { annotations } = events.at(-1);
  assert.equal(annotations["p/who"], "made by admin");
  assert.deepEqual(JSON.parse(annotations["validation.policy.admission.k8s.io/validation_failure"]), [
    { message: "never", policy: "p", binding: "p", expressionIndex: 1, validationActions: ["Audit"] },
  ]);
});

test("a file that is no policy is refused with all that is wrong with it", () => {
  const wrongs = (policy: unknown) => {
    const read = readPolicy(policy);
    return read.ok ? [] : read.failure;
  };
  const own = { apiVersion: "audit.k8s.io/v1", kind: "Policy" };
  assert.deepEqual(wrongs({ ...own, rules: [{ level: "Metadata" }] }), []);
  assert.deepEqual(wrongs({ ...own, rules: [] }), ["rules: it has none, give one at least"]);
  assert.deepEqual(wrongs({ ...own, kind: "Pod" }), ["it is a audit.k8s.io/v1 Pod, give an audit.k8s.io/v1 Policy"]);
  const rule = { level: "All", verb: [], namespaces: ["a"], nonResourceURLs: ["/x"], omitStages: ["Later"] };
  assert.deepEqual(wrongs({ ...own, rules: [rule] }), [
    "rules[0].verb: no such field",
    "rules[0].level: All is none, give one of None, Metadata, Request, RequestResponse",
    "rules[0].nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs",
    "rules[0].omitStages: Later is none, give one of RequestReceived, ResponseStarted, ResponseComplete, Panic",
  ]);
});
