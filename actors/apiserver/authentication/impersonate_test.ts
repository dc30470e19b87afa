import { assert, test } from "../../../properties/house/test.ts";
import { ok } from "../../kit/result.ts";
import { createRights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";
import { actingAs as actingBy } from "./_impersonate.ts";

/** By the roles that every cluster has from the start. */
const actingAs = (user: User, headers: Record<string, string>) => actingBy(createRights(new Map()), user, headers);

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

test("actingAs() takes over a uid and what else is said of somebody, each if rules allow it", () => {
  const headers = {
    "impersonate-user": "bob",
    "impersonate-uid": "7",
    "impersonate-extra-scopes": "view, edit",
    "impersonate-extra-acme.com%2fteam": "red",
  };
  assert.deepEqual(
    actingAs(admin, headers),
    ok({
      name: "bob",
      groups: ["system:authenticated"],
      uid: "7",
      extra: { "acme.com/team": ["red"], scopes: ["view", "edit"] },
    }),
  );
  // Whoever may impersonate accounts of namespaces may not say more of them.
  const editor = { name: "eve", groups: ["system:authenticated"] };
  const refused = actingAs(editor, { "impersonate-user": "system:serviceaccount:web:default" });
  assert.equal(
    !refused.ok && refused.failure.message,
    'serviceaccounts "default" is forbidden: User "eve" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "web"',
  );
  const lost = actingAs(admin, { "impersonate-uid": "7" });
  assert.equal(!lost.ok && lost.failure.message, "Internal error occurred: requested [7] without impersonating a user");
});
