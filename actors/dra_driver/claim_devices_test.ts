import { assert, test } from "../../properties/house/test.ts";
import type { AllocatedDevice, Allocation } from "../api/device_claims.ts";
import type { ResourceClaim } from "../api/kinds/resource_claim.ts";
import { heldBy, readyClaim } from "./claim_devices.ts";

const driver = "gpu.example.com";
const result = (request: string, device: string, more: Partial<AllocatedDevice> = {}): AllocatedDevice => {
  return { request, driver, pool: "node-0", device, ...more };
};

type Devices = NonNullable<Allocation["devices"]>;

function claimOf(results: readonly AllocatedDevice[], config: Devices["config"] = []): ResourceClaim {
  return {
    ...{ apiVersion: "resource.k8s.io/v1", kind: "ResourceClaim", metadata: { name: "my-claim", uid: "u1" } },
    spec: {},
    status: { allocation: { devices: { results, config } } },
  };
}

const opaque = (parameters: unknown, of = driver) => ({ driver: of, parameters });

test("readyClaim() has one device of the CDI for each request, and sets what classes and claims say of it", () => {
  const config: Devices["config"] = [
    { source: "FromClass", opaque: opaque({ a: "1" }) },
    { source: "FromClaim", requests: ["big"], opaque: opaque({ a: "2" }) },
    { source: "FromClaim", requests: ["small/first"], opaque: opaque({ b: "3" }) },
    { source: "FromClaim", opaque: opaque({ c: "4" }, "nic.example.com") },
  ];
  const others = { ...result("big", "nic-0"), driver: "nic.example.com" };
  const claim = claimOf(
    [result("big", "device-00"), result("big", "device-01"), result("small/first", "device-02"), others],
    config,
  );
  const ready = readyClaim(claim, driver);
  assert.ok(ready.ok);
  const { devices, spec } = ready.value;
  assert.deepEqual(
    spec.devices.map(({ name, containerEdits }) => [name, containerEdits.env]),
    [
      ["claim-u1-big", ["admin_a=1", "claim_my_claim_big=true", "user_a=2"]],
      ["claim-u1-small", ["admin_a=1", "claim_my_claim_small=true", "user_b=3"]],
    ],
  );
  assert.deepEqual(
    devices.map(({ request, device, cdiDevices }) => [request, device, ...cdiDevices]),
    [
      ["big", "device-00", "gpu.example.com/test=claim-u1-big"],
      ["big", "device-01", "gpu.example.com/test=claim-u1-big"],
      ["small/first", "device-02", "gpu.example.com/test=claim-u1-small"],
    ],
  );
  assert.deepEqual(heldBy(spec), ["node-0/device-00", "node-0/device-01", "node-0/device-02"]);
});

test("readyClaim() holds no device for whoever only looks on", () => {
  const ready = readyClaim(claimOf([result("all", "device-00", { adminAccess: true })]), driver);
  assert.ok(ready.ok);
  assert.deepEqual(heldBy(ready.value.spec), []);
});

test("readyClaim() refuses parameters that it does not understand", () => {
  const config: Devices["config"] = [{ source: "FromClaim", opaque: opaque({ count: 3 }) }];
  assert.deepEqual(readyClaim(claimOf([result("big", "device-00")], config), driver), {
    ok: false,
    failure: "parameters in config #0: decoding user parameters: count is not a text: 3",
  });
});
