import { assert, test } from "../../../../properties/house/test.ts";
import { escalationError, everyRight } from "./escalation.ts";

const jane = { name: "jane", groups: ["dev", "system:authenticated"] };
const held = {
  rules: [{ rule: { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] }, source: "somewhere" }],
  errors: [],
};

test("escalationError() tells what somebody would give without having it", () => {
  const give = (verbs: string[], resources: string[]) =>
    escalationError(jane, held, [{ verbs, apiGroups: [""], resources }]);
  assert.equal(give(["get"], ["pods"]), undefined);
  assert.equal(
    give(["get", "watch", "delete"], ["pods", "secrets"]),
    'user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
      '{APIGroups:[""], Resources:["pods"], Verbs:["watch" "delete"]}\n' +
      '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "watch" "delete"]}',
  );
  assert.match(give(["*"], ["pods"]) ?? "", /Verbs:\["\*"\]/);
  assert.equal(escalationError(jane, held, []), undefined);
});

test("escalationError() says what is wrong with the roles that somebody has", () => {
  const errors = ['clusterrole.rbac.authorization.k8s.io "x" not found'];
  const text = escalationError(jane, { ...held, errors }, everyRight);
  assert.match(text ?? "", /; resolution errors: \[clusterrole\.rbac\.authorization\.k8s\.io "x" not found\]$/);
  const all = { rules: everyRight.map((rule) => ({ rule, source: "" })), errors: [] };
  assert.equal(escalationError(jane, all, everyRight), undefined);
});
