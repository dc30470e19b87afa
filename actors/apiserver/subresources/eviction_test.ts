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

const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };

/** A pod that runs, and a budget that counts it. */
function labWithBudget({ ready = true, status = {}, spec = {} }: { ready?: boolean; status?: object; spec?: object }) {
  const lab = createLab();
  const patch = (plural: string, name: string, body: object) =>
    lab.call("patch", plural, {
      namespace: "default",
      name,
      subresource: "status",
      body,
      contentType: "application/merge-patch+json",
    });
  const addBudget = (name: string) => {
    const metadata = { name, namespace: "default" };
    const body = { metadata, spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } }, ...spec } };
    lab.call("create", "poddisruptionbudgets", { namespace: "default", body });
    const counted = {
      observedGeneration: 1,
      currentHealthy: 2,
      desiredHealthy: 2,
      disruptionsAllowed: 0,
      expectedPods: 2,
    };
    patch("poddisruptionbudgets", name, { status: { ...counted, ...status } });
  };
  lab.call("create", "pods", { namespace: "default", body: podNamed("p", { labels: { app: "web" } }) });
  lab.call("create", "pods", { ...at, subresource: "binding", body: { target: { name: "node-0" } } });
  patch(
    "pods",
    "p",
    ready ? running : { status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } },
  );
  addBudget("web");
  const evict = (body: object = {}) =>
    lab.call("create", "pods", { ...eviction, body: { metadata: { name: "p" }, ...body } });
  const isLeft = () => lab.call("get", "pods", at).body.metadata.deletionTimestamp === undefined;
  const budget = () => lab.call("get", "poddisruptionbudgets", { namespace: "default", name: "web" }).body.status;
  return { lab, addBudget, evict, isLeft, budget, patch };
}

test("an eviction that a budget does not allow is refused with 429 and says which budget needs how many", () => {
  const { evict, isLeft, patch } = labWithBudget({});
  const { code, body } = evict();
  assert.equal(code, 429);
  assert.deepEqual(body, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    reason: "TooManyRequests",
    details: {
      causes: [
        { reason: "DisruptionBudget", message: "The disruption budget web needs 2 healthy pods and has 2 currently" },
      ],
    },
    code: 429,
  });
  patch("poddisruptionbudgets", "web", { status: { observedGeneration: 0, disruptionsAllowed: 5 } });
  const early = evict();
  assert.deepEqual([early.code, early.body.details.retryAfterSeconds], [429, 10]);
  assert.equal(
    early.body.details.causes[0].message,
    "The disruption budget web is still being processed by the server.",
  );
  assert.ok(isLeft());
});

test("an eviction that a budget allows is taken off it, with the pod's name, and a dry run is not", () => {
  const { evict, isLeft, budget } = labWithBudget({ status: { disruptionsAllowed: 1 } });
  assert.equal(evict({ deleteOptions: { dryRun: ["All"] } }).code, 201);
  assert.deepEqual([budget().disruptionsAllowed, isLeft()], [1, true]);
  assert.equal(evict().code, 201);
  const { disruptionsAllowed, disruptedPods, conditions } = budget();
  assert.deepEqual([disruptionsAllowed, Object.keys(disruptedPods), isLeft()], [0, ["p"], false]);
  assert.deepEqual([conditions[0].status, conditions[0].reason], ["False", "InsufficientPods"]);
  assert.equal(evict().code, 201, "a pod that is going already asks nobody");
});

test("an eviction of a pod that is not ready is let through where its budget has enough others, or says AlwaysAllow", () => {
  const enough = labWithBudget({ ready: false });
  assert.equal(enough.evict().code, 201);
  assert.equal(enough.budget().disruptedPods, undefined);
  const few = labWithBudget({ ready: false, status: { currentHealthy: 1 } });
  assert.equal(few.evict().code, 429);
  const policy = { unhealthyPodEvictionPolicy: "AlwaysAllow" };
  const always = labWithBudget({ ready: false, status: { currentHealthy: 1 }, spec: policy });
  assert.equal(always.evict().code, 201);
  assert.equal(labWithBudget({ spec: policy }).evict().code, 429, "a healthy pod is guarded whatever the policy says");
});

test("an eviction of a pod with two budgets is refused with 500, and one of a pod that waits asks no budget", () => {
  const { evict, addBudget, patch } = labWithBudget({ status: { disruptionsAllowed: 1 } });
  addBudget("other");
  const { code, body } = evict();
  assert.deepEqual(
    [code, body.reason, body.message],
    [
      500,
      undefined,
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    ],
  );
  patch("pods", "p", { status: { phase: "Pending" } });
  assert.equal(evict().code, 201);
});
