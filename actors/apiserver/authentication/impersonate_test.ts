import { assert, test } from "../../../properties/house/test.ts";
import { impersonate } from "./impersonate.ts";

const admin = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };
const jane = { name: "jane", groups: ["system:authenticated"] };

test("impersonate() leaves a request without the headers to its own user", () => {
  assert.equal(impersonate(jane, {}), jane);
});

test("impersonate() makes an administrator somebody else, with that one's groups and no others", () => {
  assert.deepEqual(impersonate(admin, { "impersonate-user": "nobody" }), {
    name: "nobody",
    groups: ["system:authenticated"],
  });
  assert.deepEqual(impersonate(admin, { "impersonate-user": "bob", "impersonate-group": "dev, ops" }), {
    name: "bob",
    groups: ["dev", "ops", "system:authenticated"],
  });
  assert.deepEqual(impersonate(admin, { "impersonate-user": "system:serviceaccount:web:default" }), {
    name: "system:serviceaccount:web:default",
    groups: ["system:serviceaccounts", "system:serviceaccounts:web", "system:authenticated"],
  });
});

test("impersonate() refuses who may not, and groups without a user", () => {
  const refused = impersonate(jane, { "impersonate-user": "kubernetes-admin", "impersonate-group": "system:masters" });
  assert.deepEqual("code" in refused && [refused.code, refused.message], [
    403,
    'users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  ]);
  const lost = impersonate(admin, { "impersonate-group": "dev" });
  assert.equal("code" in lost && lost.code, 500);
});
