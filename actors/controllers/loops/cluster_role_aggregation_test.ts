import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

const group = "acme.com";
const rule = (resources: string[], verbs = ["get"]) => ({ apiGroups: [group], resources, verbs });

test("clusterRoleAggregation gives roles the rules of those that they are made of, and keeps them so", () => {
  const lab = createControllerLab({ loops: ["clusterrole-aggregation"], runsPods: false });
  const role = (name: string) => lab.one("clusterroles", name);
  const resources = (name: string) => new Set((role(name).rules ?? []).flatMap((each: Rule) => each.resources));
  // The default ones: of each other, too.
  assert.ok(lab.until(() => resources("admin").has("pods") && resources("admin").has("rolebindings")));
  assert.ok(resources("admin").has("secrets") && !resources("view").has("secrets"));
  const appliers = role("admin").metadata.managedFields.filter(
    ({ operation }: { readonly operation: string }) => operation === "Apply",
  );
  assert.deepEqual(
    appliers.map(({ manager }: { readonly manager: string }) => manager),
    ["clusterrole-aggregation-controller"],
  );
  const versions = () => ["view", "edit", "admin"].map((name) => role(name).metadata.resourceVersion);
  lab.simulation.advance(5_000);
  const before = versions();
  lab.simulation.advance(30_000);
  assert.deepEqual(versions(), before, "nothing is written where nothing has changed");

  // An operator adds what its resources need.
  const labels = { "rbac.authorization.k8s.io/aggregate-to-view": "true" };
  const body = { metadata: { name: "acme:widgets", labels }, rules: [rule(["widgets"]), rule(["widgets"])] };
  assert.equal(lab.call("create", "clusterroles", { body }).code, 201);
  assert.ok(lab.until(() => ["view", "edit", "admin"].every((name) => resources(name).has("widgets"))));
  const added = role("view").rules.filter(({ apiGroups }: Rule) => apiGroups[0] === group);
  assert.deepEqual(added, [rule(["widgets"])], "no rule twice");

  // What somebody writes into such a role is taken back; what is taken from its parts goes.
  const contentType = "application/merge-patch+json" as const;
  lab.call("patch", "clusterroles", { name: "view", body: { rules: [rule(["all"], ["*"])] }, contentType });
  assert.ok(lab.until(() => resources("view").has("pods") && !resources("view").has("all")));
  lab.call("delete", "clusterroles", { name: "acme:widgets" });
  assert.ok(lab.until(() => ["view", "edit", "admin"].every((name) => !resources(name).has("widgets"))));
  const { refusals } = lab.simulation.dataOf("apiserver-0") as { refusals: { latest: string[] } };
  assert.deepEqual(refusals.latest, []);
});
