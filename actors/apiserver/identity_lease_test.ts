import { assert, test } from "../../properties/house/test.ts";
import { createLab } from "../../properties/stages/apiserver/lab.ts";
import { serverIdentity } from "./identity_lease.ts";

const namespace = "kube-system";
const labelSelector = "apiserver.kubernetes.io/identity=kube-apiserver";

test("an API server that knows its machine says by a Lease that it is there, and goes on with the one it had", () => {
  const lab = createLab({ input: { hostname: "cp-1" } });
  const name = "apiserver-zvmq3lqpnerbhbin5novlsptoe";
  lab.simulation.advance(2_000);
  const { metadata, spec } = lab.call("get", "leases", { namespace, name: serverIdentity("cp-1") }).body;
  assert.equal(metadata.name, name);
  assert.deepEqual(metadata.labels, {
    "apiserver.kubernetes.io/identity": "kube-apiserver",
    "kubernetes.io/hostname": "cp-1",
  });
  assert.match(spec.holderIdentity, new RegExp(`^${name}_[0-9a-f]{8}-`));
  assert.equal(spec.leaseDurationSeconds, 3_600);
  lab.simulation.advance(10_000);
  const later = lab.call("get", "leases", { namespace, name }).body.spec;
  assert.equal(later.holderIdentity, spec.holderIdentity);
  assert.equal(Date.parse(later.renewTime) - Date.parse(spec.renewTime), 10_000);
});

test("API servers take away Leases of those who are gone for an hour, and nobody else's", () => {
  const lab = createLab({ servers: 1, input: { hostname: "cp-1" } });
  lab.simulation.advance(2_000);
  const made = (name: string, labels: object, spec: object) =>
    assert.equal(lab.call("create", "leases", { namespace, body: leaseOf(name, labels, spec) }).code, 201);
  const [key = "", value = ""] = labelSelector.split("=");
  const expired = { leaseDurationSeconds: 3_600, renewTime: "2001-01-01T00:00:00.000000Z" };
  made("apiserver-gone", { [key]: value }, expired);
  made("apiserver-never", { [key]: value }, {});
  made("apiserver-other", { [key]: "another-apiserver" }, expired);
  made("lock", {}, expired);
  lab.simulation.advance(3_620_000);
  const left = lab
    .call("list", "leases", { namespace })
    .body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(left.sort(), [serverIdentity("cp-1"), "apiserver-other", "lock"].sort());
});

test("an API server that does not know its machine writes no Lease", () => {
  const lab = createLab();
  lab.simulation.advance(12_000);
  assert.deepEqual(lab.call("list", "leases", { namespace }).body.items, []);
});

function leaseOf(name: string, labels: object, spec: object) {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name, labels }, spec };
}
