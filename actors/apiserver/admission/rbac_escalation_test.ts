import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const namespace = "default";
const jane = { name: "jane", groups: ["system:authenticated"] };
const group = "rbac.authorization.k8s.io";
const merge = { contentType: "application/merge-patch+json" } as const;
const rule = (verbs: string[], resources: string[], apiGroups = [""]) => ({ verbs, apiGroups, resources });

/** A lab in which jane may write roles and bindings of a namespace, and read pods there. */
function stage() {
  const lab = createLab();
  const give = (name: string, rules: object[], cluster = false) => {
    const wide = cluster ? "Cluster" : "";
    const roleRef = { apiGroup: group, kind: `${wide}Role`, name };
    const at = cluster ? {} : { namespace };
    lab.call("create", `${wide}roles`.toLowerCase(), { ...at, body: { metadata: { name }, rules } });
    const body = { metadata: { name }, roleRef, subjects: [{ kind: "User", name: "jane" }] };
    assert.equal(lab.call("create", `${wide}rolebindings`.toLowerCase(), { ...at, body }).code, 201);
    lab.simulation.advance(20);
  };
  give("keeper", [rule(["create", "update", "patch", "get"], ["roles", "rolebindings"], [group])]);
  give("reader", [rule(["get", "list"], ["pods"])]);
  const said = ({ code, body }: { readonly code: number; readonly body: { readonly message?: string } }) =>
    code < 400 ? "" : `${code} ${body.message}`;
  const role = (name: string, rules: object[]) =>
    said(lab.call("create", "roles", { namespace, user: jane, body: { metadata: { name }, rules } }));
  const bind = (name: string, kind: string, roleName: string) => {
    const body = { metadata: { name }, roleRef: { apiGroup: group, kind, name: roleName }, subjects: [] };
    return said(lab.call("create", "rolebindings", { namespace, user: jane, body }));
  };
  return { ...lab, give, said, role, bind };
}

test("nobody makes a role of what they have not, unless they may escalate", () => {
  const { call, give, said, role } = stage();
  assert.equal(role("a", [rule(["get"], ["pods"])]), "");
  assert.equal(
    role("b", [rule(["get", "delete"], ["pods"])]),
    '403 roles.rbac.authorization.k8s.io "b" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
  );
  const patch = (body: object) => said(call("patch", "roles", { namespace, name: "a", user: jane, body, ...merge }));
  assert.match(patch({ rules: [rule(["*"], ["*"])] }), /attempting to grant/);
  assert.equal(patch({ metadata: { labels: { a: "b" } } }), "");
  // Who looks after what is to be removed need not have what it gives.
  const all = { namespace, body: { metadata: { name: "wide" }, rules: [rule(["*"], ["*"])] } };
  call("create", "roles", all);
  const touch = (metadata: object) =>
    said(call("patch", "roles", { namespace, name: "wide", user: jane, body: { metadata }, ...merge }));
  assert.equal(touch({ finalizers: ["acme.com/x"] }), "");
  assert.match(touch({ labels: { a: "b" } }), /attempting to grant/);
  give("escalator", [rule(["escalate"], ["roles"], [group])]);
  assert.equal(role("b", [rule(["get", "delete"], ["pods"])]), "");
});

test("nobody binds a role of what they have not, unless they may bind it", () => {
  const { give, bind } = stage();
  assert.equal(bind("a", "Role", "reader"), "");
  assert.match(bind("b", "ClusterRole", "view"), /^$/, "it has no rules yet: nothing is given");
  assert.match(
    bind("c", "ClusterRole", "cluster-admin"),
    /^403 rolebindings.rbac.authorization.k8s.io "c" is forbidden: user "jane" .* not currently held:\n\{APIGroups:\["\*"\], Resources:\["\*"\], Verbs:\["\*"\]\}\n\{NonResourceURLs:\["\*"\], Verbs:\["\*"\]\}$/,
  );
  assert.equal(bind("d", "ClusterRole", "none"), '404 clusterroles.rbac.authorization.k8s.io "none" not found');
  assert.equal(bind("d", "Role", "none"), '404 roles.rbac.authorization.k8s.io "none" not found');
  give("binder", [{ ...rule(["bind"], ["clusterroles"], [group]), resourceNames: ["cluster-admin"] }]);
  assert.equal(bind("c", "ClusterRole", "cluster-admin"), "");
});

test("only administrators make roles that are put together from others", () => {
  const { call, give, said } = stage();
  give("wide", [rule(["create"], ["clusterroles"], [group])], true);
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] };
  const create = (user: typeof jane, name: string) =>
    said(call("create", "clusterroles", { user, body: { metadata: { name }, aggregationRule, rules: null } }));
  assert.equal(
    create(jane, "mine"),
    '403 clusterroles.rbac.authorization.k8s.io "mine" is forbidden: must have cluster-admin privileges to use the aggregationRule',
  );
  // An administrator by roles is one as well.
  assert.equal(create({ name: "kubernetes-admin", groups: ["kubeadm:cluster-admins"] }, "mine"), "");
});

test("a role that is gone is named to whoever is refused for want of it, and what is given holds at once", () => {
  const { call, give, simulation } = stage();
  const list = () => call("list", "services", { namespace, user: jane });
  assert.equal(
    list().body.message,
    'services is forbidden: User "jane" cannot list resource "services" in API group "" in the namespace "default"',
  );
  give("more", [rule(["list"], ["services"])]);
  assert.equal(list().code, 200);
  assert.equal(call("list", "services", { user: jane }).code, 403);
  call("delete", "roles", { namespace, name: "more" });
  simulation.advance(20);
  assert.equal(
    list().body.message,
    'services is forbidden: User "jane" cannot list resource "services" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "more" not found',
  );
});

test("can-i --list shows what roles give, and a kubelet is told that it is not all", () => {
  const { http } = stage();
  const ask = ({ name, groups }: typeof jane) => {
    const headers = { "impersonate-user": name, "impersonate-group": groups.join(",") };
    const body = JSON.stringify({ spec: { namespace } });
    const exchange = http("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", { method: "POST", headers, body });
    assert.equal(exchange.code(), 201);
    return JSON.parse(exchange.body()).status;
  };
  const own = ask(jane);
  assert.ok(own.resourceRules.some(({ resources }: { resources: string[] }) => resources.includes("rolebindings")));
  assert.ok(
    own.nonResourceRules.some(({ nonResourceURLs }: { nonResourceURLs: string[] }) =>
      nonResourceURLs.includes("/api/*"),
    ),
  );
  assert.deepEqual([own.incomplete, own.evaluationError], [false, undefined]);
  const node = ask({ name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] });
  assert.deepEqual(
    [node.incomplete, node.evaluationError],
    [true, "node authorizer does not support user rule resolution"],
  );
});
