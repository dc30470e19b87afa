import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../../properties/stages/apiserver/lab.ts";

const group = "admissionregistration.k8s.io/v1beta1";

function stage() {
  const lab = createLab();
  const make = (kind: string, name: string, spec: object) => {
    const plural = kind.endsWith("Binding") ? "mutatingadmissionpolicybindings" : "mutatingadmissionpolicies";
    const made = lab.call("create", plural, { body: { apiVersion: group, kind, metadata: { name }, spec } });
    lab.simulation.advance(50);
    return made;
  };
  const about = (resources: readonly string[], apiGroups: readonly string[] = [""]) => ({
    resourceRules: [{ apiGroups, apiVersions: ["*"], operations: ["CREATE", "UPDATE"], resources }],
  });
  return {
    lab,
    about,
    policy: (name: string, spec: object) =>
      make("MutatingAdmissionPolicy", name, {
        ...{ matchConstraints: about(["configmaps"]), reinvocationPolicy: "Never" },
        ...spec,
      }),
    bind: (policyName: string, spec: object = {}) =>
      make("MutatingAdmissionPolicyBinding", `${policyName}-here`, { policyName, ...spec }),
    map: (name: string, more: { labels?: object; data?: object } = {}) =>
      lab.call("create", "configmaps", { namespace: "default", body: configMapNamed(name, more) }),
  };
}

const applying = (expression: string) => ({ patchType: "ApplyConfiguration", applyConfiguration: { expression } });
const patching = (expression: string) => ({ patchType: "JSONPatch", jsonPatch: { expression } });

test("a policy merges what its expression makes into what is written, where it is bound", () => {
  const { policy, bind, map } = stage();
  const expression = `Object{metadata: Object.metadata{labels: {"team": variables.team, "of": request.userInfo.username}}}`;
  const variables = [
    { name: "team", expression: "has(object.data) && 'team' in object.data ? object.data.team : 'none'" },
  ];
  assert.equal(policy("p", { variables, mutations: [applying(expression)] }).code, 201);
  assert.equal(map("a").body.metadata.labels, undefined);
  bind("p");
  assert.deepEqual(map("b", { labels: { own: "1" }, data: { team: "red" } }).body.metadata.labels, {
    ...{ own: "1", team: "red", of: "admin" },
  });
});

test("lists are merged by their keys, and a patch may do what a merge cannot", () => {
  const { lab, about, policy, bind } = stage();
  const sidecar = `Object{spec: Object.spec{containers: [Object.spec.containers{name: "mesh", image: "mesh:1"}]}}`;
  const first = `[JSONPatch{op: "test", path: "/spec/containers/0/name", value: "app"},
    JSONPatch{op: "add", path: "/metadata/annotations", value: {}},
    JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/a"), value: "x"},
    JSONPatch{op: "replace", path: "/spec/containers/0/image", value: object.spec.containers[0].image + "-signed"}]`;
  const mutations = [applying(sidecar), patching(first)];
  policy("p", { matchConstraints: about(["pods"]), mutations });
  bind("p");
  const body = {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "x" } },
    spec: { containers: [{ name: "app", image: "app:1" }] },
  };
  const made = lab.call("create", "pods", { namespace: "default", body }).body;
  const images = made.spec.containers.map(({ name, image }: { name: string; image: string }) => `${name} ${image}`);
  assert.deepEqual(images, ["app app:1-signed", "mesh mesh:1"]);
  assert.deepEqual(made.metadata.annotations, { "example.com/a": "x" });
});

test("what a policy cannot make refuses the write, unless it says that it does not matter", () => {
  const { policy, bind, map } = stage();
  const expression = "Object{metadata: Object.metadata{labels: {'x': object.data.none}}}";
  policy("p", { mutations: [applying(expression)] });
  bind("p");
  const refused = map("a");
  const message = `policy 'p' with binding 'p-here' denied request: expression '${expression}' resulted in error: no such key: data`;
  assert.deepEqual([refused.code, refused.body.reason, refused.body.message], [403, "Invalid", message]);
  const lenient = stage();
  lenient.policy("p", { failurePolicy: "Ignore", mutations: [applying(expression)] });
  lenient.bind("p");
  assert.equal(lenient.map("a").code, 201);
  const unknown = stage();
  unknown.policy("p", { mutations: [applying("Object{none: 1}")] });
  unknown.bind("p");
  assert.match(unknown.map("a").body.message, /error applying patch: .none: field not declared in schema$/);
});

test("who wants it sees what policies after it have made, and nobody who does not", () => {
  const seen = (reinvocationPolicy: string) => {
    const { policy, bind, map } = stage();
    const expression = `Object{metadata: Object.metadata{annotations: {"saw": has(object.metadata.labels) ? "labels" : "none"}}}`;
    policy("a", { reinvocationPolicy, mutations: [applying(expression)] });
    policy("b", { mutations: [applying(`Object{metadata: Object.metadata{labels: {"x": "1"}}}`)] });
    bind("a");
    bind("b");
    return map("m").body.metadata.annotations.saw;
  };
  assert.deepEqual([seen("IfNeeded"), seen("Never")], ["labels", "none"]);
});

test("a policy that could never change anything is refused, in Kubernetes' words", () => {
  const { policy } = stage();
  const causes = (spec: object) => {
    const { code, body } = policy("p", spec);
    assert.equal(code, 422);
    return body.details.causes.map(({ field, message }: { field: string; message: string }) => `${field}: ${message}`);
  };
  assert.deepEqual(causes({ mutations: [], reinvocationPolicy: "Often" }), [
    "spec.mutations: Required value: mutations must contain at least one item",
    'spec.reinvocationPolicy: Unsupported value: "Often": supported values: "IfNeeded", "Never"',
  ]);
  assert.deepEqual(causes({ mutations: [{ patchType: "JSONPatch" }] }), [
    "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch",
  ]);
  const [wrong = ""] = causes({ mutations: [applying("Object{spec: Object.sepc{}}")] });
  assert.match(wrong, /expected type of field 'spec' is 'Object.spec' but provided type is 'Object.sepc'/);
});
