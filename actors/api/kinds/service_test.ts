import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { Service, ServiceSpec } from "../types.ts";
import { thaw } from "../types.ts";
import { serviceRules as service } from "./service.ts";

function created(spec: ServiceSpec, name = "web"): Service {
  const metadata = { name, namespace: "default" };
  const draft: Service = { apiVersion: "v1", kind: "Service", metadata, spec, status: {} };
  service.applyDefaults(draft);
  service.prepareForCreate(draft);
  return draft;
}

const texts = (spec: ServiceSpec): string[] => service.validate(created(spec)).map(fieldErrorText);

test("service.applyDefaults() fills in what v1 fills in", () => {
  assert.deepEqual(created({ ports: [{ port: 80 }] }).spec, {
    ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
    sessionAffinity: "None",
    type: "ClusterIP",
    internalTrafficPolicy: "Cluster",
  });
  const balanced = created({ type: "LoadBalancer", sessionAffinity: "ClientIP", ports: [{ port: 80 }] }).spec;
  assert.equal(balanced.allocateLoadBalancerNodePorts, true);
  assert.equal(balanced.externalTrafficPolicy, "Cluster");
  assert.deepEqual(balanced.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
});

test("service.validate() says what a real server says", () => {
  assert.deepEqual(texts({}), ["spec.ports: Required value"]);
  assert.deepEqual(texts({ clusterIP: "None" }), []);
  assert.deepEqual(texts({ type: "ExternalName" }), ["spec.externalName: Required value"]);
  assert.deepEqual(texts({ ports: [{ port: 80 }, { port: 80, name: "b" }] }), [
    "spec.ports[0].name: Required value",
    'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
  ]);
  assert.deepEqual(texts({ type: "Magic", ports: [{ port: 0, targetPort: 1 }] }), [
    "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
    'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ]);
  assert.deepEqual(texts({ clusterIP: "300.0.0.1", ports: [{ port: 80 }] }), [
    'spec.clusterIPs[0]: Invalid value: "300.0.0.1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
  assert.deepEqual(texts({ clusterIP: "010.096.000.021", externalIPs: ["192.000.2.1"], ports: [{ port: 80 }] }), []);
  assert.deepEqual(texts({ clusterIP: "010.096.000.0256", ports: [{ port: 80 }] }), [
    'spec.clusterIPs[0]: Invalid value: "010.096.000.0256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
  assert.match(
    service
      .validate(created({ ports: [{ port: 1 }] }, "1web"))
      .map(fieldErrorText)
      .join(),
    /a DNS-1035 label must consist/,
  );
});

test("service.prepareForUpdate() keeps what was allocated, until the type has no use for it", () => {
  const old = created({ type: "NodePort", clusterIP: "10.0.0.1", ports: [{ port: 80, nodePort: 30_080 }] });
  const sent: Service = { ...thaw<Service>(old), spec: { type: "NodePort", ports: [{ port: 80 }, { port: 81 }] } };
  service.applyDefaults(sent);
  service.prepareForUpdate(sent, old);
  assert.equal(sent.spec.clusterIP, "10.0.0.1");
  assert.deepEqual(sent.spec.clusterIPs, ["10.0.0.1"]);
  assert.deepEqual(
    sent.spec.ports?.map(({ nodePort }) => nodePort),
    [30_080, undefined],
  );
  const narrowed = thaw<Service>(old);
  narrowed.spec.type = "ClusterIP";
  service.prepareForUpdate(narrowed, old);
  assert.deepEqual(narrowed.spec.ports, [{ port: 80, protocol: "TCP", targetPort: 80 }]);
  assert.deepEqual(service.validateUpdate(narrowed, old), []);
});

test("service.validateUpdate() keeps the address", () => {
  const old = created({ clusterIP: "10.0.0.1", ports: [{ port: 80 }] });
  const draft = thaw<Service>(old);
  draft.spec.clusterIP = "10.0.0.2";
  draft.spec.clusterIPs = ["10.0.0.2"];
  assert.deepEqual(service.validateUpdate(draft, old).map(fieldErrorText), [
    'spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set',
  ]);
});
