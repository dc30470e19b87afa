import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { ipAddress } from "../../api/kinds/ip_address.ts";
import { ok } from "../../kit/result.ts";
import { serviceAddressRepair } from "./service_address_repair.ts";

const service = (name: string, clusterIP: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default", uid: `uid-${name}` },
  spec: { type: "ClusterIP", clusterIP, clusterIPs: [clusterIP] },
});
const address = (name: string, parent: string, labels: object | undefined = undefined) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "IPAddress",
  metadata: {
    name,
    creationTimestamp: "1970-01-01T00:00:00Z",
    labels: labels ?? {
      "ipaddress.kubernetes.io/ip-family": "IPv4",
      "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    },
  },
  spec: { parentRef: { group: "", resource: "services", namespace: "default", name: parent } },
});
const range = {
  apiVersion: "networking.k8s.io/v1",
  kind: "ServiceCIDR",
  metadata: { name: "kubernetes" },
  spec: { cidrs: ["10.96.0.0/16"] },
};

test("serviceAddressRepair makes what a Service has its own, and tells of what it cannot mend", () => {
  const loop = createPlainLoop(serviceAddressRepair);
  loop.put(range);
  loop.put(service("web", "10.96.0.10"));
  loop.put(service("right", "10.96.0.11"));
  loop.put(address("10.96.0.11", "right"));
  loop.put(service("second", "10.96.0.11"));
  loop.put(service("outside", "10.97.0.1"));
  loop.put(service("headless", "None"));
  loop.put(service("foreign", "10.96.0.12"));
  loop.put(address("10.96.0.12", "nobody"));
  for (const name of ["web", "right", "second", "outside", "headless", "foreign"]) {
    loop.turn(`service default/${name}`, 0);
  }
  assert.deepEqual(
    loop.all(ipAddress).map(({ metadata, spec }) => `${metadata.name} ${spec.parentRef?.name}`),
    ["10.96.0.11 right", "10.96.0.10 web", "10.96.0.12 foreign"],
  );
  assert.deepEqual(loop.told, [
    "Warning ClusterIPNotAllocated: Cluster IP [IPv4]: 10.96.0.10 is not allocated; repairing",
    "Warning ClusterIPAlreadyAllocated: Cluster IP [IPv4]:10.96.0.11 was assigned to multiple services; please recreate service",
    "Warning ClusterIPOutOfRange: Cluster IP [IPv4]: 10.97.0.1 is not within any configured Service CIDR; please recreate service",
    "Warning ClusterIPNotAllocated: the ClusterIP [IPv4]: 10.96.0.12 for Service default/foreign has a wrong reference; repairing",
  ]);
});

test("serviceAddressRepair takes away what is left behind, after a while, and only what API servers gave", () => {
  const read = () => ({ ok: false, failure: { reason: "NotFound", message: "", code: 404 } }) as never;
  const loop = createPlainLoop(serviceAddressRepair, read);
  loop.put(range);
  loop.put(address("10.96.0.20", "gone"));
  loop.put(address("10.96.0.21", "gone", {}));
  assert.equal(loop.turn("address 10.96.0.20", 59_000)?.againAfterMs, 1_001);
  assert.equal(loop.all(ipAddress).length, 2);
  loop.turn("address 10.96.0.20", 61_000);
  loop.turn("address 10.96.0.21", 61_000);
  assert.deepEqual(
    loop.all(ipAddress).map(({ metadata }) => metadata.name),
    ["10.96.0.21"],
  );
  assert.deepEqual(loop.told, [
    "Warning IPAddressNotAllocated: IPAddress: 10.96.0.20 for Service default/gone appears to have leaked: cleaning up",
  ]);
});

test("serviceAddressRepair asks before it takes an address away: its mirror of a Service may be an old one", () => {
  const loop = createPlainLoop(serviceAddressRepair, () => ok(service("web", "10.96.0.30")));
  loop.put(range);
  loop.put(service("web", "10.96.0.29"));
  loop.put(address("10.96.0.30", "web"));
  loop.turn("address 10.96.0.30", 61_000);
  assert.equal(loop.all(ipAddress).length, 1);
});

test("an address that somebody deletes is a Service's again, and addresses are given from further ranges", () => {
  const lab = createControllerLab({ loops: ["service-address-repair", "service-cidr"], runsPods: false });
  const clusterIpOf = (name: string, clusterIP?: string) => {
    const body = { metadata: { name }, spec: { ports: [{ port: 80 }], ...(clusterIP ? { clusterIP } : {}) } };
    return lab.call("create", "services", {
      namespace: "default",
      body: { apiVersion: "v1", kind: "Service", ...body },
    });
  };
  assert.equal(lab.one("servicecidrs", "kubernetes", "").spec.cidrs[0], "10.96.0.0/16");
  const ip = clusterIpOf("web").body.spec.clusterIP;
  lab.call("delete", "ipaddresses", { name: ip });
  assert.ok(lab.until(() => lab.one("ipaddresses", ip, "")?.spec.parentRef.name === "web"));
  assert.equal(clusterIpOf("other", "10.100.0.7").code, 422);
  const more = { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "more" } };
  lab.call("create", "servicecidrs", { body: { ...more, spec: { cidrs: ["10.100.0.0/24"] } } });
  assert.ok(lab.until(() => lab.one("servicecidrs", "more", "")?.status.conditions?.[0]?.status === "True"));
  assert.equal(clusterIpOf("other", "10.100.0.7").code, 201);
  lab.call("delete", "servicecidrs", { name: "more" });
  lab.simulation.advance(15_000);
  assert.equal(lab.one("servicecidrs", "more", "").status.conditions[0].reason, "Terminating");
  lab.call("delete", "services", { namespace: "default", name: "other" });
  assert.ok(lab.until(() => lab.one("servicecidrs", "more", "") === undefined));
  const reasons = lab.all("events").map(({ reason }: { reason: string }) => reason);
  assert.deepEqual(reasons, ["ClusterIPNotAllocated"]);
});
