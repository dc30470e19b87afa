import { assert, test } from "../../../properties/house/test.ts";
import { firstOpinion, isAllowed, isPathAllowed } from "./_authorize.ts";
import type { Authorizer, Decision } from "./_authorizer.ts";

const says = (decision: Decision | undefined, place: number): Authorizer => ({
  name: `${decision}`,
  place,
  ...(decision === undefined ? {} : { onPath: () => decision }),
});
const ask = (...authorizers: readonly Authorizer[]) =>
  firstOpinion(authorizers, ({ onPath }) => onPath?.({ user: { name: "a", groups: [] }, verb: "get", path: "/" }));

test("the first authorizer with an opinion decides: to allow, or to deny for good; where none has, it is denied", () => {
  assert.equal(ask(), false);
  assert.equal(ask(says(undefined, 1), says("no opinion", 2)), false);
  assert.equal(ask(says("no opinion", 1), says("allow", 2), says("deny", 3)), true);
  assert.equal(ask(says("deny", 1), says("allow", 2)), false);
});

test("rules of everything do not reach into containers", () => {
  const user = { name: "system:kube-controller-manager", groups: ["system:authenticated"] };
  const at = { user, verb: "create", group: "", namespace: "default", name: "p" };
  assert.equal(isAllowed({ ...at, resource: "pods" }), true);
  for (const part of ["exec", "attach", "portforward"])
    assert.equal(isAllowed({ ...at, resource: `pods/${part}` }), false);
  const admin = { name: "admin", groups: ["system:masters"] };
  assert.equal(isAllowed({ ...at, user: admin, resource: "pods/exec" }), true);
  assert.equal(isPathAllowed({ user: admin, verb: "post", path: "/anything" }), true);
  assert.equal(isPathAllowed({ user, verb: "post", path: "/anything" }), false);
  assert.equal(isPathAllowed({ user: { name: "x", groups: [] }, verb: "get", path: "/livez" }), true);
});
