import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { Device } from "../../api/device_offers.ts";
import type { DeviceClass } from "../../api/kinds/device_class.ts";
import type { ResourceClaim } from "../../api/kinds/resource_claim.ts";
import type { ResourceSlice } from "../../api/kinds/resource_slice.ts";
import type { Core } from "../core.ts";

const driver = "gpu.example.com";

/** Devices `name-0`, `name-1`, ... with a model and so much memory. */
const devices = (name: string, count: number, { model = "a", memory = "40Gi", group = 0 } = {}): Device[] =>
  Array.from({ length: count }, (_each, index) => ({
    name: `${name}-${index}`,
    attributes: { model: { string: model }, "group.example.com/id": { int: group }, firmware: { version: "1.2.3" } },
    capacity: { memory: { value: memory } },
  }));

const slice = (node: string, offered: readonly Device[], spec: object = {}): ResourceSlice => ({
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceSlice",
  metadata: { name: `${node}-slice` },
  spec: {
    driver,
    pool: { name: node, generation: 1, resourceSliceCount: 1 },
    nodeName: node,
    devices: offered,
    ...spec,
  },
});

const sort = (name: string, ...expressions: string[]): DeviceClass => ({
  apiVersion: "resource.k8s.io/v1",
  kind: "DeviceClass",
  metadata: { name },
  spec: {
    selectors: expressions.map((expression) => ({ cel: { expression } })),
    config: [{ opaque: { driver, parameters: { sharing: "none" } } }],
  },
});

const exactly = (name: string, more: object = {}) => ({
  name,
  exactly: { deviceClassName: "gpu", allocationMode: "ExactCount", count: 1, ...more },
});

const claim = (name: string, claimed: object, more: Partial<ResourceClaim> = {}): ResourceClaim => ({
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceClaim",
  metadata: { name, namespace: "default", uid: `uid-${name}` },
  spec: { devices: claimed },
  status: {},
  ...more,
});

const podWith = (name: string, ...claims: string[]) =>
  podOf({ name, spec: { resourceClaims: claims.map((each) => ({ name: each, resourceClaimName: each })) } as object });

interface Scene {
  readonly slices?: readonly ResourceSlice[];
  readonly claims?: readonly ResourceClaim[];
  readonly classes?: readonly DeviceClass[];
}

function coreWith({ slices = [], claims = [], classes = [sort("gpu", `device.driver == "${driver}"`)] }: Scene): Core {
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b" }] });
  for (const each of slices) core.related.devices.setSlice(each);
  for (const each of classes) core.related.devices.setClass(each);
  for (const each of claims) core.related.devices.setClaim(each);
  return core;
}

/** Where a pod with these claims is put, and what its writes say of the devices. */
function placed(core: Core, name: string, ...claims: string[]) {
  core.podSeen(podWith(name, ...claims), 0);
  const [decision] = decideAll(core);
  const writes = decision?.kind === "bind" ? decision.writes.slice(0, -1) : [];
  const given = writes.flatMap(({ body, subresource }) => {
    const results = subresource === "status" ? JSON.parse(body).status.allocation.devices.results : [];
    return results.map((each: { request: string; device: string }) => `${each.request}=${each.device}`);
  });
  return { outcome: outcomeOf(decision), given, writes };
}

const why = (text: string) =>
  `0/2 nodes are available: ${text}. still not schedulable, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`;

test("dynamicResources puts a pod where its claim's devices are, and writes down which, and for whom", () => {
  const wish = {
    requests: [exactly("gpu", { count: 2 })],
    config: [{ opaque: { driver, parameters: { mode: "x" } } }],
  };
  const core = coreWith({ slices: [slice("b", devices("b", 3))], claims: [claim("two", wish)] });
  const { outcome, writes } = placed(core, "p", "two");
  assert.equal(outcome, "b");
  const [keep, status] = writes.map(({ verb, name, subresource = "", body }) => [
    verb,
    name,
    subresource,
    JSON.parse(body),
  ]);
  const finalizers = ["resource.kubernetes.io/delete-protection"];
  assert.deepEqual(keep, ["patch", "two", "", { metadata: { uid: "uid-two", finalizers } }]);
  const device = (name: string) => ({ request: "gpu", driver, pool: "b", device: name });
  assert.deepEqual(status?.[3], {
    metadata: { uid: "uid-two" },
    status: {
      allocation: {
        devices: {
          results: [device("b-0"), device("b-1")],
          config: [
            { source: "FromClass", requests: ["gpu"], opaque: { driver, parameters: { sharing: "none" } } },
            { source: "FromClaim", opaque: { driver, parameters: { mode: "x" } } },
          ],
        },
        nodeSelector: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] }],
        },
      },
      reservedFor: [{ resource: "pods", name: "p", uid: "pod-default-p" }],
    },
  });
});

test("dynamicResources gives no device twice, also before the API shows who has which", () => {
  const claims = ["one", "two", "three"].map((name) => claim(name, { requests: [exactly("gpu")] }));
  const core = coreWith({ slices: [slice("a", devices("a", 1)), slice("b", devices("b", 1))], claims });
  assert.deepEqual(placed(core, "p1", "one").given, ["gpu=b-0"]);
  assert.deepEqual(placed(core, "p2", "two").given, ["gpu=a-0"]);
  assert.equal(placed(core, "p3", "three").outcome, why("2 cannot allocate all claims"));
  // The first pod is gone, and the API shows that its claim was never written.
  core.podGone(podWith("p1", "one"), 0);
  core.deviceClaimChanged({ namespace: "default", name: "other", isFreed: false }, 2_000);
  assert.deepEqual(decideAll(core, { nowMs: 2_000 }), []);
  core.deviceClaimChanged({ namespace: "default", name: "one", isFreed: true }, 2_000);
  assert.deepEqual(decideAll(core, { nowMs: 2_000 }).map(outcomeOf), ["b"]);
});

test("dynamicResources keeps a pod with those that share its claim, where its devices are", () => {
  const core = coreWith({
    slices: [slice("b", devices("b", 1))],
    claims: [claim("shared", { requests: [exactly("gpu")] })],
  });
  assert.equal(placed(core, "p1", "shared").outcome, "b");
  const second = placed(core, "p2", "shared");
  assert.deepEqual([second.outcome, second.given], ["b", ["gpu=b-0"]]);
  core.nodeGone("b", 0);
  assert.match(
    placed(core, "p3", "shared").outcome,
    /^0\/1 nodes are available: 1 resourceclaim not available on the node/,
  );
});

test("dynamicResources chooses by expressions over attributes, capacities and versions, in their order", () => {
  const slices = [
    slice("a", devices("a", 2)),
    slice("b", [...devices("small", 1, { memory: "10Gi" }), ...devices("b", 1, { model: "b" })]),
  ];
  const meets = (expression: string) => {
    const selectors = [{ cel: { expression } }];
    const core = coreWith({ slices, claims: [claim("c", { requests: [exactly("gpu", { selectors })] })] });
    const { outcome, given } = placed(core, "p", "c");
    return given.join() || outcome;
  };
  assert.equal(meets('device.attributes["gpu.example.com"].model == "b"'), "gpu=b-0");
  assert.equal(meets('device.capacity["gpu.example.com"].memory.compareTo(quantity("20Gi")) < 0'), "gpu=small-0");
  assert.equal(
    meets('device.attributes["gpu.example.com"].firmware.isGreaterThan(semver("2.0.0"))'),
    why("2 cannot allocate all claims"),
  );
  assert.equal(meets('"other" in device.attributes["no.example.com"]'), why("2 cannot allocate all claims"));
  assert.equal(
    meets('device.attributes["gpu.example.com"].other == "b"'),
    why("2 claim default/c: selector #0: CEL runtime error: no such key: other"),
  );
});

test("dynamicResources takes choices back: what two requests have in common, all there are, and the second best", () => {
  const mixed = [...devices("x", 1, { group: 1 }), ...devices("y", 2, { group: 2 })];
  const among = (wish: object, offered = mixed, name = "c") =>
    placed(coreWith({ slices: [slice("a", offered)], claims: [claim(name, wish)] }), "p", name).given.join(" ");
  const match = { matchAttribute: "group.example.com/id" };
  assert.equal(among({ requests: [exactly("m"), exactly("n")], constraints: [match] }), "m=y-0 n=y-1");
  assert.equal(
    among({ requests: [exactly("m"), exactly("n")], constraints: [{ ...match, requests: ["m"] }] }),
    "m=x-0 n=y-0",
  );
  assert.equal(among({ requests: [exactly("all", { allocationMode: "All", count: 0 })] }), "all=x-0 all=y-0 all=y-1");
  assert.equal(among({ requests: [exactly("one"), exactly("all", { allocationMode: "All", count: 0 })] }), "");
  const looks = exactly("all", { allocationMode: "All", count: 0, adminAccess: true });
  assert.equal(among({ requests: [exactly("one"), looks] }), "one=x-0 all=x-0 all=y-0 all=y-1");
  const wishes = ["4", "2"].map((count) => ({ ...exactly("").exactly, name: `of-${count}`, count: Number(count) }));
  assert.equal(among({ requests: [{ name: "some", firstAvailable: wishes }] }), "some/of-2=x-0 some/of-2=y-0");
});

test("dynamicResources goes by the newest generation of a pool, and takes all of none that is being updated", () => {
  const all = claim("c", { requests: [exactly("all", { allocationMode: "All", count: 0 })] });
  const some = claim("c", { requests: [exactly("one")] });
  const old = { ...slice("a", devices("old", 1)), metadata: { name: "old" } };
  const pool = { name: "a", generation: 2, resourceSliceCount: 2 };
  const fresh = { ...slice("a", devices("new", 1), { pool }), metadata: { name: "new" } };
  const outcome = (each: ResourceClaim) => {
    const { given, outcome: told } = placed(coreWith({ slices: [old, fresh], claims: [each] }), "p", "c");
    return given.join() || told;
  };
  assert.equal(outcome(some), "one=new-0");
  const text = `claim default/c, request all: asks for all devices, but resource pool ${driver}/a is currently being updated`;
  assert.equal(outcome(all), why(`1 cannot allocate all claims, 1 ${text}`));
});

test("dynamicResources says what is wrong with a pod's claims, and waits for those that are to be made", () => {
  const gone = { metadata: { ...claim("c", {}).metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
  const cases: readonly (readonly [Scene, string])[] = [
    [{}, 'could not find ResourceClaim "default/c"'],
    [{ claims: [claim("c", {}, gone)] }, 'resourceclaim "c" is being deleted'],
    [{ claims: [claim("c", { requests: [exactly("r")] })], classes: [] }, "request r: device class gpu does not exist"],
  ];
  for (const [scene, text] of cases) assert.equal(placed(coreWith(scene), "p", "c").outcome, why(text));

  const made = claim("p-gpu-x", { requests: [exactly("gpu")] });
  const owner = { apiVersion: "v1", kind: "Pod", name: "p", uid: "pod-default-p", controller: true };
  const core = coreWith({
    slices: [slice("a", devices("a", 1))],
    claims: [{ ...made, metadata: { ...made.metadata, ownerReferences: [owner] } }],
  });
  const spec = { resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "t" }] } as object;
  const pod = podOf({ name: "p", spec });
  core.podSeen(pod, 0);
  assert.equal(core.queue.sizes().gated, 1);
  const resourceClaimStatuses = [{ name: "gpu", resourceClaimName: "p-gpu-x" }];
  core.podSeen({ ...pod, status: { ...pod.status, resourceClaimStatuses } as object }, 0);
  assert.deepEqual(decideAll(core).map(outcomeOf), ["a"]);
});
