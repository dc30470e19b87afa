import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const at = { namespace: "default", name: "p" };
const eviction = { ...at, subresource: "eviction" };

function labWithPod() {
  const lab = createLab();
  lab.call("create", "pods", { namespace: "default", body: podNamed("p") });
  lab.call("create", "pods", { ...at, subresource: "binding", body: { target: { name: "node-0" } } });
  return lab;
}

test("an eviction marks the pod as the target of a disruption and deletes it in good order", () => {
  const lab = labWithPod();
  const dry = lab.call("create", "pods", { ...eviction, body: { deleteOptions: { dryRun: ["All"] } } });
  assert.deepEqual([dry.code, dry.body.status], [201, "Success"]);
  assert.equal(lab.call("get", "pods", at).body.metadata.deletionTimestamp, undefined);
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "p" } };
  assert.equal(lab.call("create", "pods", { ...eviction, body }).code, 201);
  const { metadata, status } = lab.call("get", "pods", at).body;
  assert.equal(metadata.deletionGracePeriodSeconds, 30);
  const target = status.conditions.find(({ type }: { type: string }) => type === "DisruptionTarget");
  assert.equal(target.reason, "EvictionByEvictionAPI");
});

test("an eviction of another pod than the path's, of one that is gone or that is no longer the same is refused", () => {
  const lab = labWithPod();
  const evict = (body: object, name = "p") => lab.call("create", "pods", { ...eviction, name, body });
  assert.equal(evict({ metadata: { name: "q" } }).code, 400);
  assert.equal(evict({ deleteOptions: 5 }).code, 400);
  assert.equal(evict({}, "none").code, 404);
  assert.equal(evict({ deleteOptions: { preconditions: { uid: "other" } } }).code, 409);
  const { metadata, status } = lab.call("get", "pods", at).body;
  assert.equal(metadata.deletionTimestamp, undefined);
  assert.equal(JSON.stringify(status).includes("DisruptionTarget"), false);
});
