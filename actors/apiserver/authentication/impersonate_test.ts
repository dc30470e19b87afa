import { assert, test } from "../../../properties/house/test.ts";
import { ok } from "../../kit/result.ts";
import { actingAs } from "./_impersonate.ts";

const admin = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };
const jane = { name: "jane", groups: ["system:authenticated"] };

test("actingAs() leaves a request without the headers to its own user", () => {
  assert.deepEqual(actingAs(jane, {}), ok(jane));
});

test("actingAs() makes an administrator somebody else, with that one's groups and no others", () => {
  assert.deepEqual(
    actingAs(admin, { "impersonate-user": "nobody" }),
    ok({
      name: "nobody",
      groups: ["system:authenticated"],
    }),
  );
  assert.deepEqual(
    actingAs(admin, { "impersonate-user": "bob", "impersonate-group": "dev, ops" }),
    ok({
      name: "bob",
      groups: ["dev", "ops", "system:authenticated"],
    }),
  );
  assert.deepEqual(
    actingAs(admin, { "impersonate-user": "system:serviceaccount:web:default" }),
    ok({
      name: "system:serviceaccount:web:default",
      groups: ["system:serviceaccounts", "system:serviceaccounts:web", "system:authenticated"],
    }),
  );
});

test("actingAs() refuses who may not, and groups without a user", () => {
  const refused = actingAs(jane, { "impersonate-user": "kubernetes-admin", "impersonate-group": "system:masters" });
  assert.deepEqual(!refused.ok && [refused.failure.code, refused.failure.message], [
    403,
    'users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  ]);
  const lost = actingAs(admin, { "impersonate-group": "dev" });
  assert.equal(!lost.ok && lost.failure.code, 500);
});
