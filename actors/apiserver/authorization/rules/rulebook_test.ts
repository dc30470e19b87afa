import type { Subject } from "kubernetes-types/rbac/v1.js";
import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { addBinding, bindingsOf, createBindingIndex, removeBinding } from "./binding_index.ts";
import type { Rule } from "./coverage.ts";
import { createRulebook, errorsText, forgetFindings, grantedBy, pathGrantedBy, rulesFor } from "./rulebook.ts";

const jane = { name: "jane", groups: ["dev", "system:authenticated"] };
const robot = { name: "system:serviceaccount:shop:robot", groups: ["system:serviceaccounts"] };

function binding(
  name: string,
  role: string,
  { namespace = "", subjects }: { namespace?: string; subjects: Subject[] },
) {
  const kind = namespace === "" ? "ClusterRoleBinding" : "RoleBinding";
  const [, sort = "ClusterRole", roleName = ""] = /^(Role|ClusterRole)\/(.*)$/.exec(role) ?? [];
  const metadata = { name, ...(namespace === "" ? {} : { namespace }) };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: sort, name: roleName };
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata, roleRef, subjects } as RoleBinding;
}

const user = (name: string): Subject => ({ kind: "User", name });
const group = (name: string): Subject => ({ kind: "Group", name });
const account = (name: string, namespace?: string): Subject => ({
  kind: "ServiceAccount",
  name,
  ...(namespace ? { namespace } : {}),
});

/** A book over roles by `kind/namespace/name`. */
function bookOver(roles: Record<string, Rule[]>, bindings: readonly RoleBinding[]) {
  let asked = 0;
  const book = createRulebook((kind, namespace, name) => {
    asked++;
    return roles[`${kind}/${kind === "Role" ? namespace : ""}/${name}`];
  });
  for (const each of bindings) addBinding(book.bindings, each);
  return { book, asked: () => asked };
}

const read: Rule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
const one: Rule = { verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["a"] };
const wish = (resource: string, namespace: string, name = "x") => ({
  verb: "get",
  group: "",
  resource,
  namespace,
  name,
});

test("a role of the cluster holds everywhere where its binding is of the cluster, else in its binding's namespace", () => {
  const { book } = bookOver({ "ClusterRole//reader": [read], "Role/shop/keeper": [one] }, [
    binding("all", "ClusterRole/reader", { subjects: [user("jane")] }),
    binding("some", "ClusterRole/reader", { namespace: "shop", subjects: [account("robot")] }),
    binding("own", "Role/keeper", { namespace: "shop", subjects: [group("dev")] }),
  ]);
  assert.equal(
    grantedBy(book, jane, wish("pods", "")),
    'ClusterRoleBinding "all" of ClusterRole "reader" to User "jane"',
  );
  assert.ok(grantedBy(book, jane, wish("pods", "shop")));
  // Its subject says no namespace: it is the binding's.
  assert.equal(
    grantedBy(book, robot, wish("pods", "shop")),
    'RoleBinding "some/shop" of ClusterRole "reader" to ServiceAccount "robot/shop"',
  );
  assert.equal(grantedBy(book, robot, wish("pods", "other")), undefined);
  assert.equal(grantedBy(book, robot, wish("pods", "")), undefined);
  assert.equal(
    grantedBy(book, jane, wish("secrets", "shop", "a")),
    'RoleBinding "own/shop" of Role "keeper" to Group "dev"',
  );
  assert.equal(grantedBy(book, jane, wish("secrets", "shop", "b")), undefined);
  assert.equal(grantedBy(book, jane, wish("secrets", "shop", "")), undefined);
});

test("what was asked once is answered from memory, until something changes", () => {
  const roles: Record<string, Rule[]> = { "ClusterRole//reader": [read] };
  const { book, asked } = bookOver(roles, [binding("all", "ClusterRole/reader", { subjects: [user("jane")] })]);
  for (let time = 0; time < 5; time++) assert.ok(grantedBy(book, { ...jane }, wish("pods", "shop", `p${time}`)));
  assert.equal(asked(), 1, "the role is looked up once, whoever it is that asks as jane");
  roles["ClusterRole//reader"] = [one];
  forgetFindings(book);
  assert.equal(grantedBy(book, jane, wish("pods", "shop")), undefined);
});

test("a wish that nobody has in earnest is not remembered, and memory has an end", () => {
  const { book } = bookOver({}, []);
  const before = book.remembered;
  for (let count = 0; count < 100; count++) grantedBy(book, jane, wish("x".repeat(300) + count, ""));
  assert.ok(book.remembered - before <= 1);
  for (let count = 0; count < 100_010; count++) grantedBy(book, jane, wish(`r${count}`, ""));
  assert.ok(book.remembered < 1_000, String(book.remembered));
});

test("a role that is not there gives nothing, and is named", () => {
  const { book } = bookOver({}, [
    binding("a", "ClusterRole/gone", { subjects: [user("jane")] }),
    binding("b", "Role/lost", { namespace: "shop", subjects: [user("jane")] }),
  ]);
  assert.deepEqual(rulesFor(book, jane, "shop").errors, [
    'clusterrole.rbac.authorization.k8s.io "gone" not found',
    'role.rbac.authorization.k8s.io "lost" not found',
  ]);
  assert.equal(errorsText(["a", "b", "a"]), "[a, b]");
  assert.equal(errorsText(["a", "a"]), "a");
  assert.equal(pathGrantedBy(book, jane, { verb: "get", path: "/" }), undefined);
});

const subjects = [user("jane"), group("dev"), account("robot"), account("robot", "shop"), user("joe"), group("ops")];
const change = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  namespace: fc.constantFrom("", "shop", "other"),
  subjects: fc.uniqueArray(fc.constantFrom(...subjects), { maxLength: 4 }),
  isRemoved: fc.boolean(),
});

property(
  "the index finds the bindings that a look through all of them finds, whatever was added and removed",
  [fc.array(change, { maxLength: 12 })],
  (changes) => {
    const index = createBindingIndex();
    const now = new Map<string, RoleBinding>();
    for (const { name, namespace, subjects, isRemoved } of changes) {
      const before = now.get(`${namespace}/${name}`);
      if (before) removeBinding(index, before);
      now.delete(`${namespace}/${name}`);
      if (isRemoved) continue;
      const next = binding(name, "ClusterRole/r", { namespace, subjects });
      now.set(`${namespace}/${name}`, next);
      addBinding(index, next);
    }
    const isAbout = (who: typeof jane, { kind, name, namespace }: Subject, at: string) =>
      kind === "Group"
        ? who.groups.includes(name)
        : who.name === (kind === "User" ? name : `system:serviceaccount:${namespace ?? at}:${name}`);
    for (const who of [jane, robot]) {
      for (const namespace of ["", "shop", "other"]) {
        const found = bindingsOf(index, who, namespace).map((held) => held.binding.metadata.name);
        const all = [...now.values()].filter(
          ({ metadata, subjects: of }) =>
            (metadata.namespace ?? "") === namespace && of?.some((each) => isAbout(who, each, namespace)),
        );
        assert.deepEqual(found, all.map(({ metadata }) => metadata.name).sort());
      }
    }
    if (now.size === 0) assert.equal(index.byNamespace.size, 0, "nothing is left of what is gone");
  },
  { runs: 200 },
);
