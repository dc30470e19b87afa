import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const apiVersion = "resource.k8s.io/v1";
const driver = "gpu.example.com";
const namespace = "default";
const request = { name: "a", exactly: { deviceClassName: "gpu" } };
const claim = (spec: object = { devices: { requests: [request] } }) => {
  return { apiVersion, kind: "ResourceClaim", metadata: { name: "c" }, spec };
};
const result = { request: "a", driver, pool: "node-0", device: "device-00" };
const device = { driver, pool: "node-0", device: "device-00", data: { link: "up" } };

function status(more: object) {
  return { body: { status: more }, contentType: "application/merge-patch+json" } as const;
}

test("what Kubernetes 1.34 knows of devices and has switched off is forgotten", () => {
  const lab = createLab();
  const wish = { tolerations: [{ operator: "Exists" }], capacity: { requests: { memory: "1Gi" } } };
  const several = { name: "b", firstAvailable: [{ name: "x", deviceClassName: "gpu", ...wish }] };
  const requests = [{ name: "a", exactly: { deviceClassName: "gpu", ...wish } }, several];
  const spec = { devices: { requests } };
  const made = lab.call("create", "resourceclaims", { namespace, body: claim(spec) });
  assert.deepEqual(made.body.spec.devices.requests, [
    { name: "a", exactly: { deviceClassName: "gpu", allocationMode: "ExactCount", count: 1 } },
    { name: "b", firstAvailable: [{ name: "x", deviceClassName: "gpu", allocationMode: "ExactCount", count: 1 }] },
  ]);
  const template = { apiVersion, kind: "ResourceClaimTemplate", metadata: { name: "t" }, spec: { spec } };
  const known = lab.call("create", "resourceclaimtemplates", { namespace, body: template });
  assert.deepEqual(known.body.spec.spec.devices.requests, made.body.spec.devices.requests);
  const odd = {
    ...{ name: "d", taints: [{ key: "k", effect: "NoExecute" }], bindsToNode: true, bindingConditions: ["x"] },
    ...{ allowMultipleAllocations: true, consumesCounters: [{ counterSet: "s", counters: { c: { value: "1" } } }] },
    capacity: { memory: { value: "1Gi", requestPolicy: { default: "1Gi" } } },
  };
  const pool = { name: "p", generation: 1, resourceSliceCount: 1 };
  const slice = {
    apiVersion,
    kind: "ResourceSlice",
    metadata: { name: "s" },
    spec: { driver, pool, allNodes: true, devices: [odd] },
  };
  assert.deepEqual(lab.call("create", "resourceslices", { body: slice }).body.spec.devices, [
    { name: "d", capacity: { memory: { value: "1Gi" } } },
  ]);
  const sort = {
    apiVersion,
    kind: "DeviceClass",
    metadata: { name: "gpu" },
    spec: { extendedResourceName: "example.com/gpu" },
  };
  assert.deepEqual(lab.call("create", "deviceclasses", { body: sort }).body.spec, {});
});

test("slices are selected by their node and their driver", () => {
  const lab = createLab();
  for (const nodeName of ["node-0", "node-1"]) {
    const pool = { name: nodeName, generation: 1, resourceSliceCount: 1 };
    const spec = { driver, nodeName, pool, devices: [] };
    lab.call("create", "resourceslices", {
      body: { apiVersion, kind: "ResourceSlice", metadata: { name: nodeName }, spec },
    });
  }
  const found = (fieldSelector: string) =>
    lab
      .call("list", "resourceslices", { query: { fieldSelector } })
      .body.items.map((each: { metadata: { name: string } }) => each.metadata.name);
  assert.deepEqual(found("spec.nodeName=node-1"), ["node-1"]);
  assert.deepEqual(found(`spec.driver=${driver}`), ["node-0", "node-1"]);
  assert.deepEqual(found("spec.nodeName=node-1,spec.driver=another"), []);
});

test("a driver tells of devices that a claim has and of no others, and with the devices goes what was told of them", () => {
  const lab = createLab();
  const patch = (more: object) =>
    lab.call("patch", "resourceclaims", { namespace, name: "c", subresource: "status", ...status(more) });
  lab.call("create", "resourceclaims", { namespace, body: claim() });
  const early = patch({ devices: [device] });
  assert.equal(early.code, 422);
  assert.match(early.body.message, /status\.devices\[0\]: Invalid value: .*must be an allocated device in the claim/);
  const wrong = patch({ allocation: { devices: { results: [{ ...result, request: "z" }] } } });
  assert.match(
    wrong.body.message,
    /results\[0\]\.request: Invalid value: "z": must be the name of a request in the claim/,
  );
  assert.equal(patch({ allocation: { devices: { results: [result] } } }).code, 200);
  const told = patch({ devices: [{ ...device, conditions: [] }] });
  assert.deepEqual([told.code, told.body.status.devices[0].data], [200, { link: "up" }]);
  const twice = patch({ devices: [device, device] });
  assert.match(twice.body.message, /status\.devices\[1\]\.deviceID: Duplicate value/);
  const cleared = patch({ allocation: null });
  assert.equal(cleared.code, 200);
  assert.equal(cleared.body.status?.devices, undefined);
});

test("admin access is for namespaces that say so", () => {
  const lab = createLab();
  const spec = { devices: { requests: [{ name: "a", exactly: { deviceClassName: "gpu", adminAccess: true } }] } };
  const make = () => lab.call("create", "resourceclaims", { namespace, body: claim(spec) });
  assert.equal(make().code, 422);
  const template = { apiVersion, kind: "ResourceClaimTemplate", metadata: { name: "t" }, spec: { spec } };
  const makeTemplate = () => lab.call("create", "resourceclaimtemplates", { namespace, body: template }).code;
  assert.equal(makeTemplate(), 422);
  const label = (value: string | null) => {
    const body = { metadata: { labels: { "resource.kubernetes.io/admin-access": value } } };
    return lab.call("patch", "namespaces", { name: namespace, body, contentType: "application/merge-patch+json" }).code;
  };
  assert.equal(label("true"), 200);
  assert.deepEqual([make().code, makeTemplate()], [201, 201]);
  assert.equal(label(null), 200);
  const given = { allocation: { devices: { results: [{ ...result, adminAccess: true }] } } };
  const late = lab.call("patch", "resourceclaims", { namespace, name: "c", subresource: "status", ...status(given) });
  assert.match(late.body.message, /status\.allocation\.devices\.results\[0\]\.adminAccess: Forbidden/);
});

test("quotas limit claims, and the devices of a class that they ask for at most", () => {
  const lab = createLab();
  const hard = { "count/resourceclaims.resource.k8s.io": "3", "gpu.deviceclass.resource.k8s.io/devices": "40" };
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" }, spec: { hard } };
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
  assert.equal(lab.call("create", "resourcequotas", { namespace, body: quota }).code, 201);
  lab.call("patch", "resourcequotas", { namespace, name: "q", subresource: "status", ...status({ hard, used }) });
  const make = (name: string, ...requests: object[]) =>
    lab.call("create", "resourceclaims", {
      namespace,
      body: { ...claim({ devices: { requests } }), metadata: { name } },
    });
  const wish = (more: object) => ({ deviceClassName: "gpu", ...more });
  assert.equal(make("all", { name: "a", exactly: wish({ allocationMode: "All" }) }).code, 201);
  const either = { name: "a", firstAvailable: [wish({ name: "x", count: 5 }), wish({ name: "y", count: 7 })] };
  assert.equal(make("either", either).code, 201);
  const refused = make("two", { name: "a", exactly: wish({ count: 2 }) });
  assert.deepEqual(
    [refused.code, refused.body.message],
    [
      403,
      'resourceclaims.resource.k8s.io "two" is forbidden: exceeded quota: q, requested: gpu.deviceclass.resource.k8s.io/devices=2, used: gpu.deviceclass.resource.k8s.io/devices=39, limited: gpu.deviceclass.resource.k8s.io/devices=40',
    ],
  );
  assert.equal(make("other", { name: "a", exactly: { deviceClassName: "nic" } }).code, 201);
  assert.equal(make("fourth", { name: "a", exactly: { deviceClassName: "nic" } }).code, 403);
});
