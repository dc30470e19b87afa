import { assert, test } from "../../../properties/house/test.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const merge = "application/merge-patch+json" as const;
const devices = { requests: [{ name: "gpu", exactly: { deviceClassName: "gpu" } }] };

function begin(): ControllerLab {
  return createControllerLab({ loops: ["resource-claim", "garbage-collector"], runsPods: false });
}

function make(lab: ControllerLab, plural: string, body: object): void {
  const { code, body: answer } = lab.call("create", plural, { namespace, body });
  assert.equal(code, 201, JSON.stringify(answer));
}

const template = {
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceClaimTemplate",
  metadata: { name: "one-gpu", namespace },
  spec: { metadata: { labels: { app: "web" } }, spec: { devices } },
};
const claim = {
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceClaim",
  metadata: { name: "shared", namespace },
  spec: { devices },
};

function addPod(lab: ControllerLab, name: string, resourceClaim: object): void {
  const container = { name: "c", image: "web:1", resources: { claims: [{ name: "gpu" }] } };
  const spec = { containers: [container], resourceClaims: [{ name: "gpu", ...resourceClaim }] };
  make(lab, "pods", { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec });
}

/** Does to a claim what a scheduler does. */
function allocate(lab: ControllerLab, name: string, pods: readonly string[]): void {
  const metadata = { finalizers: ["resource.kubernetes.io/delete-protection"] };
  const change = (body: object, more: object = {}) => {
    const { code, body: answer } = lab.call("patch", "resourceclaims", {
      ...{ namespace, name, contentType: merge, body },
      ...more,
    });
    assert.equal(code, 200, JSON.stringify(answer));
  };
  change({ metadata });
  const results = [{ request: "gpu", driver: "gpu.example.com", pool: "a", device: "gpu-0" }];
  const reservedFor = pods.map((pod) => ({ resource: "pods", name: pod, uid: lab.one("pods", pod).metadata.uid }));
  change({ status: { allocation: { devices: { results } }, reservedFor } }, { subresource: "status" });
}

function end(lab: ControllerLab, name: string): void {
  const body = { status: { phase: "Succeeded" } };
  lab.call("patch", "pods", { namespace, name, subresource: "status", body, contentType: merge });
}

const users = (lab: ControllerLab, name: string) =>
  (lab.one("resourceclaims", name)?.status.reservedFor ?? []).map((each: { name: string }) => each.name);

test("resourceClaim makes a claim of a template for a pod, says so in its status, and lets it go when the pod has ended", () => {
  const lab = begin();
  make(lab, "resourceclaimtemplates", template);
  addPod(lab, "web", { resourceClaimTemplateName: "one-gpu" });
  assert.ok(lab.until(() => lab.one("pods", "web").status.resourceClaimStatuses !== undefined));
  const [made, ...more] = lab.all("resourceclaims");
  assert.deepEqual(more, []);
  const { metadata, spec } = made;
  assert.deepEqual(lab.one("pods", "web").status.resourceClaimStatuses, [
    { name: "gpu", resourceClaimName: metadata.name },
  ]);
  assert.match(metadata.name, /^web-gpu-\w{5}$/);
  assert.equal(metadata.generateName, "web-gpu-");
  assert.deepEqual(metadata.labels, { app: "web" });
  assert.deepEqual(metadata.annotations, { "resource.kubernetes.io/pod-claim-name": "gpu" });
  const [owner] = metadata.ownerReferences;
  assert.deepEqual([owner.kind, owner.name, owner.controller, owner.blockOwnerDeletion], ["Pod", "web", true, true]);
  assert.deepEqual(spec.devices.requests[0].exactly, {
    deviceClassName: "gpu",
    allocationMode: "ExactCount",
    count: 1,
  });
  allocate(lab, metadata.name, ["web"]);
  lab.simulation.advance(500);
  assert.deepEqual(users(lab, metadata.name), ["web"]);
  end(lab, "web");
  assert.ok(lab.until(() => lab.all("resourceclaims").length === 0));
});

test("resourceClaim waits for a template that is not there, and says so", () => {
  const lab = begin();
  make(lab, "resourceclaims", claim);
  addPod(lab, "web", { resourceClaimTemplateName: "one-gpu" });
  const told = () => lab.all("events").map(({ reason, message }) => `${reason}: ${message}`);
  assert.ok(lab.until(() => told().length > 0));
  assert.match(told()[0] ?? "", /^FailedResourceClaimCreation: PodResourceClaim gpu: .*"one-gpu" not found$/);
  make(lab, "resourceclaimtemplates", template);
  assert.ok(lab.until(() => lab.one("pods", "web").status.resourceClaimStatuses?.length === 1));
});

test("resourceClaim takes pods that are gone or have ended off a claim, and with the last one its devices", () => {
  const lab = begin();
  make(lab, "resourceclaims", claim);
  for (const name of ["p1", "p2"]) addPod(lab, name, { resourceClaimName: "shared" });
  allocate(lab, "shared", ["p1", "p2"]);
  lab.simulation.advance(500);
  assert.deepEqual(users(lab, "shared"), ["p1", "p2"]);
  end(lab, "p1");
  assert.ok(lab.until(() => users(lab, "shared").join() === "p2"));
  assert.ok(lab.one("resourceclaims", "shared").status.allocation);
  lab.call("delete", "pods", { namespace, name: "p2", body: { gracePeriodSeconds: 0 } });
  assert.ok(lab.until(() => lab.one("resourceclaims", "shared").metadata.finalizers === undefined));
  const { status } = lab.one("resourceclaims", "shared");
  assert.deepEqual([status.allocation, status.reservedFor], [undefined, undefined]);
  // A namesake of the pod that was is not the pod that has it.
  addPod(lab, "p2", { resourceClaimName: "shared" });
  allocate(lab, "shared", ["p2"]);
  lab.call("delete", "resourceclaims", { namespace, name: "shared" });
  lab.simulation.advance(500);
  assert.deepEqual(users(lab, "shared"), ["p2"]);
  end(lab, "p2");
  assert.ok(lab.until(() => lab.one("resourceclaims", "shared") === undefined));
});

test("resourceClaim reserves what a claim has for a pod that was given its node by hand", () => {
  const lab = begin();
  make(lab, "resourceclaims", claim);
  addPod(lab, "p1", { resourceClaimName: "shared" });
  allocate(lab, "shared", ["p1"]);
  const container = { name: "c", image: "web:1", resources: { claims: [{ name: "gpu" }] } };
  const resourceClaims = [{ name: "gpu", resourceClaimName: "shared" }];
  const spec = { nodeName: "a", containers: [container], resourceClaims };
  make(lab, "pods", { apiVersion: "v1", kind: "Pod", metadata: { name: "p2", namespace }, spec });
  assert.ok(lab.until(() => users(lab, "shared").join() === "p1,p2"));
});
