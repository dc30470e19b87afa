import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const masters = { commonName: "admin", organizations: ["system:masters"] };
const scheduler = { commonName: "system:kube-scheduler", organizations: [] };
const proxy = { commonName: "system:kube-proxy", organizations: [] };
const root = "/apis/authorization.k8s.io/v1";

function setUp() {
  const lab = createLab();
  const ask = (path: string, body: object, peer: typeof masters | "none" = masters) => {
    const exchange = lab.http(`${root}/${path}`, { method: "POST", body: JSON.stringify(body), peer });
    return { code: exchange.code(), body: JSON.parse(exchange.body()) };
  };
  const resourceAttributes = (verb: string, resource: string, more: object = {}) => ({
    spec: { resourceAttributes: { verb, resource, ...more } },
  });
  return { lab, ask, resourceAttributes };
}

test("a SelfSubjectAccessReview says what the asker may do, and stores nothing", () => {
  const { lab, ask, resourceAttributes } = setUp();
  const self = (verb: string, resource: string, more?: object) =>
    ask("selfsubjectaccessreviews", resourceAttributes(verb, resource, more), scheduler);
  const yes = self("create", "pods", { subresource: "binding", namespace: "default" });
  assert.equal(yes.code, 201);
  assert.deepEqual(yes.body, {
    spec: { resourceAttributes: { verb: "create", resource: "pods", subresource: "binding", namespace: "default" } },
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    metadata: {},
    status: {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:kube-scheduler" of ClusterRole "system:kube-scheduler" to User "system:kube-scheduler"',
    },
  });
  assert.equal(self("create", "secrets").body.status.allowed, false);
  assert.equal(self("*", "*").body.status.allowed, false);
  assert.equal(ask("selfsubjectaccessreviews", resourceAttributes("*", "*")).body.status.allowed, true);
  const path = (verb: string, path: string) =>
    ask("selfsubjectaccessreviews", { spec: { nonResourceAttributes: { verb, path } } }, scheduler).body.status;
  assert.deepEqual([path("get", "/healthz").allowed, path("post", "/healthz").allowed], [true, false]);
  assert.equal(lab.http(`${root}/selfsubjectaccessreviews`).code(), 405);
});

test("only those may ask about others who may create the review", () => {
  const { ask, resourceAttributes } = setUp();
  const question = resourceAttributes("delete", "pods");
  const about = { spec: { ...question.spec, user: "system:kube-scheduler" } };
  assert.equal(ask("subjectaccessreviews", about).body.status.allowed, true);
  assert.equal(ask("subjectaccessreviews", { spec: { ...question.spec, groups: ["x"] } }).body.status.allowed, false);
  // The scheduler may, for whoever asks it something; its proxy may not.
  assert.equal(ask("subjectaccessreviews", about, scheduler).code, 201);
  assert.equal(ask("subjectaccessreviews", about, proxy).code, 403);
  assert.equal(ask("selfsubjectaccessreviews", question, "none").code, 403);
});

test("a LocalSubjectAccessReview asks about its own namespace", () => {
  const { ask } = setUp();
  const local = (namespace: string) =>
    ask("namespaces/default/localsubjectaccessreviews", {
      spec: { user: "u", groups: ["system:masters"], resourceAttributes: { verb: "get", resource: "pods", namespace } },
    });
  assert.deepEqual(local("default").body.status, { allowed: true });
  const other = local("kube-system");
  assert.deepEqual(
    [other.code, other.body.message],
    [
      422,
      'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "kube-system": must match metadata.namespace',
    ],
  );
});

test("a review must ask one thing, about somebody", () => {
  const { ask, resourceAttributes } = setUp();
  const causes = (path: string, body: object) => {
    const answer = ask(path, body);
    assert.equal(answer.code, 422);
    return answer.body.details.causes.map(({ field }: { field: string }) => field);
  };
  const both = { ...resourceAttributes("get", "pods").spec, nonResourceAttributes: { verb: "get", path: "/" } };
  assert.deepEqual(causes("selfsubjectaccessreviews", { spec: both }), ["spec.nonResourceAttributes"]);
  assert.deepEqual(causes("subjectaccessreviews", { metadata: { name: "x" }, spec: {} }), [
    "spec.resourceAttributes",
    "spec.user",
    "metadata",
  ]);
});

test("an answer to a review is no table: who takes nothing else is told what there is", () => {
  const { lab } = setUp();
  const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const ask = (accept: string) => {
    const body = JSON.stringify({ spec: { nonResourceAttributes: { path: "/", verb: "get" } } });
    return lab.http(`${root}/selfsubjectaccessreviews`, { method: "POST", headers: { accept }, body });
  };
  assert.deepEqual([ask(table).code(), JSON.parse(ask(table).body()).reason], [406, "NotAcceptable"]);
  assert.equal(JSON.parse(ask(`${table},application/json`).body()).status.allowed, true);
});
