import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const group = "admissionregistration.k8s.io/v1";
const about = (
  resources: readonly string[],
  operations: readonly string[] = ["CREATE", "UPDATE"],
  apiGroups = [""],
) => ({
  resourceRules: [{ apiGroups, apiVersions: ["*"], operations, resources }],
});

function stage() {
  const lab = createLab();
  const make = (kind: string, name: string, spec: object) => {
    const plural = kind.endsWith("Binding") ? "validatingadmissionpolicybindings" : "validatingadmissionpolicies";
    const made = lab.call("create", plural, { body: { apiVersion: group, kind, metadata: { name }, spec } });
    lab.simulation.advance(50);
    return made;
  };
  return {
    lab,
    policy: (name: string, spec: object) =>
      make("ValidatingAdmissionPolicy", name, { matchConstraints: about(["configmaps"]), ...spec }),
    bind: (policyName: string, spec: object = {}, name = `${policyName}-here`) =>
      make("ValidatingAdmissionPolicyBinding", name, { policyName, validationActions: ["Deny"], ...spec }),
    map: (name: string, more: { labels?: object; data?: object } = {}, namespace = "default") =>
      lab.call("create", "configmaps", { namespace, body: configMapNamed(name, more) }),
  };
}

test("a policy refuses what breaks it where it is bound, in Kubernetes' words", () => {
  const { lab, policy, bind, map } = stage();
  assert.equal(policy("p", { validations: [{ expression: "object.metadata.name.startsWith('a')" }] }).code, 201);
  assert.equal(map("b").code, 201);
  bind("p");
  assert.equal(map("a").code, 201);
  const refused = map("c");
  const message =
    "ValidatingAdmissionPolicy 'p' with binding 'p-here' denied request: failed expression: object.metadata.name.startsWith('a')";
  assert.deepEqual(
    [refused.code, refused.body.reason, refused.body.message, refused.body.details.causes],
    [422, "Invalid", `configmaps "c" is forbidden: ${message}`, [{ message }]],
  );
  assert.equal(lab.call("get", "configmaps", { namespace: "default", name: "c" }).code, 404);
});

test("a policy says its own message and reason, knows variables, the request, the namespace and what was", () => {
  const { lab, policy, bind, map } = stage();
  policy("p", {
    variables: [
      { name: "count", expression: "has(object.data) ? size(object.data) : 0" },
      { name: "twice", expression: "variables.count * 2" },
    ],
    validations: [
      {
        expression: "variables.twice <= 2",
        messageExpression: "'has ' + string(variables.count) + ' keys'",
        reason: "Forbidden",
      },
      {
        expression: "namespaceObject.metadata.name == 'default' && request.userInfo.username == 'admin'",
        message: "who?",
      },
      { expression: "oldObject == null || oldObject.data == object.data", message: "data may not change" },
    ],
  });
  bind("p");
  assert.equal(map("a", { data: { a: "1" } }).code, 201);
  const refused = map("b", { data: { a: "1", b: "2" } });
  assert.deepEqual([refused.code, refused.body.reason], [403, "Forbidden"]);
  assert.match(refused.body.message, /denied request: has 2 keys$/);
  assert.match(map("a", {}, "kube-system").body.message, /denied request: who\?$/);
  const contentType = "application/merge-patch+json";
  const changed = lab.call("patch", "configmaps", {
    namespace: "default",
    name: "a",
    body: { data: { a: "2" } },
    contentType,
  });
  assert.match(changed.body.message, /denied request: data may not change$/);
});

test("what cannot be told breaks a policy, unless its failures are to be ignored", () => {
  const { policy, bind, map } = stage();
  const validations = [{ expression: "object.data.none == 'x'" }];
  policy("strict", { validations });
  bind("strict");
  assert.match(
    map("a", { data: { a: "b" } }).body.message,
    /denied request: expression 'object.data.none == 'x'' resulted in error: no such key: none$/,
  );
  const lax = stage();
  lax.policy("lax", { validations, failurePolicy: "Ignore" });
  lax.bind("lax");
  assert.equal(lax.map("a", { data: { a: "b" } }).code, 201);
  assert.equal(lax.map("b", { data: { none: "y" } }).code, 422);
});

test("a binding may only warn, and is about some namespaces and objects", () => {
  const { policy, bind, map } = stage();
  policy("p", { validations: [{ expression: "false", message: "no" }] });
  bind("p", {
    validationActions: ["Warn", "Audit"],
    matchResources: { objectSelector: { matchLabels: { odd: "yes" } } },
  });
  assert.deepEqual(map("a").warnings, []);
  const warned = map("b", { labels: { odd: "yes" } });
  assert.deepEqual(
    [warned.code, warned.warnings],
    [201, ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-here': no"]],
  );
});

test("a policy's rules, exceptions and conditions say what it is about", () => {
  const { lab, policy, bind } = stage();
  policy("p", {
    matchConstraints: {
      ...about(["*"], ["*"], ["*"]),
      excludeResourceRules: [...about(["configmaps"], ["*"]).resourceRules],
    },
    matchConditions: [{ name: "m", expression: "request.operation != 'DELETE'" }],
    validations: [{ expression: "false" }],
  });
  bind("p");
  assert.equal(lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") }).code, 201);
  assert.equal(lab.call("create", "pods", { namespace: "default", body: podNamed("a") }).code, 422);
  assert.equal(lab.call("delete", "serviceaccounts", { namespace: "default", name: "default" }).code, 200);
  assert.equal(lab.call("delete", "validatingadmissionpolicybindings", { name: "p-here" }).code, 200);
});

test("parameters are found by name or by labels, and a binding says what comes of finding none", () => {
  const { policy, bind, map } = stage();
  const paramKind = { apiVersion: "v1", kind: "ConfigMap" };
  policy("p", {
    paramKind,
    matchConstraints: { ...about(["configmaps"]), objectSelector: { matchLabels: { judged: "yes" } } },
    validations: [
      { expression: "size(object.data) <= int(params.data.max)", messageExpression: "'at most ' + params.data.max" },
    ],
  });
  const judged = (name: string) => map(name, { labels: { judged: "yes" }, data: { a: "", b: "" } }).body.message;
  bind("p", { paramRef: { name: "limits", parameterNotFoundAction: "Deny" } });
  assert.match(
    judged("a"),
    /with binding 'p-here' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/,
  );
  map("limits", { data: { max: "1" } });
  assert.match(judged("a"), /denied request: at most 1$/);
  const labelled = stage();
  labelled.policy("p", {
    paramKind,
    matchConstraints: { ...about(["configmaps"]), objectSelector: { matchLabels: { judged: "yes" } } },
    validations: [{ expression: "params.data.ok == 'yes'", messageExpression: "params.metadata.name" }],
  });
  labelled.bind("p", { paramRef: { selector: { matchLabels: { sort: "param" } }, parameterNotFoundAction: "Allow" } });
  const asked = (name: string) => labelled.map(name, { labels: { judged: "yes" } });
  assert.equal(asked("a").code, 201);
  labelled.map("first", { labels: { sort: "param" }, data: { ok: "yes" } });
  assert.equal(asked("b").code, 201);
  labelled.map("second", { labels: { sort: "param" }, data: { ok: "no" } });
  assert.match(asked("c").body.message, /denied request: second$/);
});

test("expressions that cannot be compiled are refused with their policy", () => {
  const { policy } = stage();
  const why = (spec: object) => policy("p", { validations: [{ expression: "true" }], ...spec }).body.message;
  assert.match(
    why({ validations: [{ expression: "objekt.x" }] }),
    /spec.validations\[0\].expression: Invalid value: "objekt.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'objekt'/,
  );
  assert.match(why({ validations: [{ expression: "variables.none" }] }), /undefined field 'none'/);
  assert.match(
    why({ variables: [{ name: "a", expression: "variables.a" }] }),
    /spec.variables\[0\].expression: Invalid value/,
  );
  assert.match(
    why({ matchConditions: [{ name: "x", expression: "1 +" }] }),
    /spec.matchConditions\[0\].expression: Invalid value/,
  );
  assert.match(
    why({ validations: [{ expression: " " }] }),
    /spec.validations\[0\].expression: Required value: expression is not specified/,
  );
});

test("an expression that never ends is ended, and its policy broken", () => {
  const { policy, bind, map } = stage();
  const tens = "[0,1,2,3,4,5,6,7,8,9]";
  const all = (depth: number): string => (depth === 0 ? "true" : `${tens}.all(x${depth}, ${all(depth - 1)})`);
  policy("p", { validations: [{ expression: all(8) }] });
  bind("p");
  assert.match(map("a").body.message, /resulted in error: operation cancelled: actual cost limit exceeded$/);
});

test("a policy may ask what who asks may do, and what an account may", () => {
  const { lab, policy, bind, map } = stage();
  const check = (rest: string) => `authorizer.group('').resource('secrets').namespace('default')${rest}`;
  const expression = [
    `${check(".check('get').allowed()")} == (request.userInfo.username == 'admin')`,
    `!${check(".name('x').check('delete').errored()")}`,
    `authorizer.path('/metrics').check('get').allowed() == (request.userInfo.username == 'admin')`,
    "authorizer.requestResource.check('update').allowed() == (request.userInfo.username == 'admin')",
    "!authorizer.serviceAccount('default', 'default').group('').resource('pods').namespace('default').check('list').allowed()",
  ];
  policy("p", { validations: expression.map((each) => ({ expression: each })) });
  bind("p");
  assert.equal(map("a").code, 201);
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["create"] }];
  const roles = { apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name: "maker" } };
  lab.call("create", "roles", { namespace: "default", body: { ...roles, kind: "Role", rules } });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "maker" };
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "bob" }];
  lab.call("create", "rolebindings", {
    namespace: "default",
    body: { ...roles, kind: "RoleBinding", roleRef, subjects },
  });
  lab.simulation.advance(50);
  const user = { name: "bob", groups: ["system:authenticated"] };
  const made = lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("b"), user });
  assert.equal(made.code, 201, made.body.message);
});
