import { policyWith } from "../../actors/apiserver/authorization/defaults/gated_policy.ts";
import { accounts as cloudAccounts } from "../../actors/controllers/cloud_loops/accounts.ts";
import { all as cloudLoops } from "../../actors/controllers/cloud_loops/all.ts";
import type { Loop } from "../../actors/controllers/loop.ts";
import { accounts } from "../../actors/controllers/loops/accounts.ts";
import { all } from "../../actors/controllers/loops/all.ts";
import { assert, test } from "../../properties/house/test.ts";
import { managerAt } from "./identities.ts";

test("each loop of the manager that writes as an account of its own has a role that lets it", () => {
  const bound = new Set(
    policyWith(["ClusterTrustBundle"])
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

test("API servers know each control loop by the account that the loop says it has", () => {
  const told = (loops: readonly Loop[]) => loops.map(({ name, account }) => [name, account]);
  assert.deepEqual(accounts, told(all));
  assert.deepEqual(cloudAccounts, told(cloudLoops));
});
