import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import { rehearsedAuthority, rehearsedServing } from "../../api/rehearsed_authority.ts";

const name = "r";
const pem = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K";
const certificate = btoa(rehearsedServing);
const condition = (type: string) => ({ type, status: "True", reason: "Said", lastUpdateTime: "2026-01-01T00:00:00Z" });

test("a request for a certificate names who made it, and only its part approval takes a yes or a no", () => {
  const lab = createLab();
  const spec = { request: pem, signerName: "example.com/own", usages: ["client auth"], username: "somebody-else" };
  const { body, code } = lab.call("create", "certificatesigningrequests", { body: { metadata: { name }, spec } });
  assert.deepEqual([code, body.spec.username], [201, "admin"]);
  assert.ok(body.spec.groups.includes("system:masters"));
  const put = (subresource: string, status: object) => {
    const object = lab.call("get", "certificatesigningrequests", { name }).body;
    return lab.call("update", "certificatesigningrequests", { name, subresource, body: { ...object, status } });
  };
  assert.equal(put("status", { conditions: [condition("Approved")] }).body.status.conditions?.length ?? 0, 0);
  const approved = put("approval", { conditions: [condition("Approved")], certificate });
  assert.deepEqual(approved.body.status, {
    conditions: [{ ...condition("Approved"), lastTransitionTime: approved.body.metadata.creationTimestamp }],
  });
  // Who says no times is told those of now, and the time of a condition that stays as it is stays, too.
  const plain = { type: "Approved", status: "True", reason: "Again" };
  const [again] = put("approval", { conditions: [plain] }).body.status.conditions;
  const { lastUpdateTime, lastTransitionTime } = again;
  assert.deepEqual([lastUpdateTime, lastTransitionTime], Array(2).fill(approved.body.metadata.creationTimestamp));
  const both = put("approval", { conditions: [condition("Approved"), condition("Denied")] });
  assert.deepEqual([both.code, /mutually exclusive/.test(both.body.message)], [422, true]);
  assert.equal(put("approval", { conditions: [] }).code, 422);
  const none = put("status", { certificate: "Q0VSVA==" });
  assert.equal(none.code, 422);
  assert.match(
    none.body.message,
    /status\.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block$/,
  );
  assert.equal(put("status", { certificate }).body.status.conditions.length, 1);
  assert.equal(put("status", { certificate: btoa(rehearsedAuthority) }).code, 422);
});
