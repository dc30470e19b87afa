import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../../properties/stages/controllers/nodes.ts";
import { addRunningPod, addService, setPod } from "../../../properties/stages/controllers/services.ts";
import { packSubsets, truncated } from "../endpoints/subsets.ts";

function labWith() {
  const lab = createControllerLab({ loops: ["endpoints"], runsPods: false });
  addNodes(lab, ["a"]);
  return lab;
}

test("endpoints keeps ready and other addresses of a Service in one object", () => {
  const lab = labWith();
  const ports = [
    { name: "http", port: 80, targetPort: 8080 },
    { name: "metrics", port: 9090 },
  ];
  addService(lab, "web", { ports });
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  addRunningPod(lab, { name: "two", ip: "10.0.0.2", ready: false });
  lab.simulation.advance(2_000);
  const { metadata, subsets } = lab.one("endpoints", "web");
  assert.equal(metadata.labels["endpoints.kubernetes.io/managed-by"], "endpoint-controller");
  assert.equal(subsets.length, 1);
  const ips = (list: { ip: string }[]) => list.map(({ ip }) => ip);
  assert.deepEqual([ips(subsets[0].addresses), ips(subsets[0].notReadyAddresses)], [["10.0.0.1"], ["10.0.0.2"]]);
  assert.deepEqual(subsets[0].ports, [
    { name: "http", port: 8080, protocol: "TCP" },
    { name: "metrics", port: 9090, protocol: "TCP" },
  ]);
  setPod(lab, { name: "two", ip: "10.0.0.2" });
  lab.call("delete", "pods", { namespace: "default", name: "one" });
  lab.simulation.advance(1_000);
  const [after] = lab.one("endpoints", "web").subsets;
  assert.deepEqual([ips(after.addresses), after.notReadyAddresses], [["10.0.0.2"], undefined]);
});

test("endpoints goes with its Service, and leaves alone what people keep by hand", () => {
  const lab = labWith();
  addService(lab, "web");
  const byHand = { apiVersion: "v1", kind: "Endpoints", metadata: { name: "manual" } };
  lab.call("create", "endpoints", { namespace: "default", body: byHand });
  lab.simulation.advance(2_000);
  assert.ok(lab.one("endpoints", "web"));
  lab.call("delete", "services", { namespace: "default", name: "web" });
  lab.simulation.advance(2_000);
  assert.equal(lab.one("endpoints", "web"), undefined);
  assert.ok(lab.one("endpoints", "manual"));
});

test("packSubsets() puts addresses with the same ports together, in an order of their own", () => {
  const http = { name: "http", port: 80, protocol: "TCP" };
  const admin = { name: "admin", port: 81, protocol: "TCP" };
  const at = (ip: string) => ({ ip, targetRef: { kind: "Pod", uid: ip } });
  const subsets = packSubsets([
    { address: at("10.0.0.2"), port: admin, ready: true },
    { address: at("10.0.0.2"), port: http, ready: true },
    { address: at("10.0.0.3"), port: http, ready: true },
    { address: at("10.0.0.1"), port: http, ready: true },
    { address: at("10.0.0.1"), port: admin, ready: true },
  ]);
  assert.deepEqual(subsets, [
    { addresses: [at("10.0.0.3")], ports: [http] },
    { addresses: [at("10.0.0.1"), at("10.0.0.2")], ports: [http, admin] },
  ]);
});

test("truncated() leaves out addresses that are not ready before those that are", () => {
  const list = (count: number) => Array.from({ length: count }, (_each, index) => ({ ip: `10.0.0.${index}` }));
  assert.equal(truncated([{ addresses: list(600), notReadyAddresses: list(400) }]), undefined);
  const [cut] = truncated([{ addresses: list(600), notReadyAddresses: list(900) }]) ?? [];
  assert.deepEqual([cut?.addresses?.length, cut?.notReadyAddresses?.length], [600, 400]);
  const both = truncated([{ addresses: list(1_500), notReadyAddresses: list(9) }, { addresses: list(500) }]) ?? [];
  assert.deepEqual(
    both.map(({ addresses, notReadyAddresses }) => [addresses?.length, notReadyAddresses]),
    [
      [750, undefined],
      [250, undefined],
    ],
  );
});
