import { defaultPolicy } from "../../actors/apiserver/authorization/defaults/default_policy.ts";
import { assert, test } from "../../properties/house/test.ts";
import { managerAt } from "./identities.ts";

test("each loop of the manager that writes as an account of its own has a role that lets it", () => {
  const bound = new Set(
    defaultPolicy
      .flatMap((object) => ("roleRef" in object ? (object.subjects ?? []) : []))
      .filter(({ kind, namespace }) => kind === "ServiceAccount" && namespace === "kube-system")
      .map(({ name }) => name),
  );
  const prefix = "system:serviceaccount:kube-system:";
  const accounts = managerAt("manager/0").flatMap(({ user }) =>
    user.name.startsWith(prefix) ? [user.name.slice(prefix.length)] : [],
  );
  assert.ok(accounts.length > 20);
  assert.deepEqual(
    accounts.filter((account) => !bound.has(account)),
    [],
  );
});
