import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addService, endpointLines, slicesOf } from "../../../properties/stages/controllers/services.ts";

function byHand(subsets: object[], labels: object = {}): object {
  return { apiVersion: "v1", kind: "Endpoints", metadata: { name: "db", labels }, subsets };
}

const subset = {
  addresses: [{ ip: "172.16.0.1" }, { ip: "172.16.0.2" }],
  notReadyAddresses: [{ ip: "172.16.0.3" }],
  ports: [{ port: 5432 }],
};

test("endpointSliceMirroring mirrors Endpoints of a Service without a selector, and follows them", () => {
  const lab = createControllerLab({ loops: ["endpoint-slice-mirroring"], runsPods: false });
  addService(lab, "db", { selector: undefined, ports: [{ port: 5432 }] });
  lab.call("create", "endpoints", { namespace: "default", body: byHand([subset]) });
  lab.simulation.advance(2_000);
  assert.deepEqual(endpointLines(lab, "db"), ["172.16.0.1 ready", "172.16.0.2 ready", "172.16.0.3"]);
  const [slice] = slicesOf(lab, "db");
  assert.deepEqual(slice.ports, [{ name: "", port: 5432, protocol: "TCP" }]);
  assert.equal(
    slice.metadata.labels["endpointslice.kubernetes.io/managed-by"],
    "endpointslicemirroring-controller.k8s.io",
  );
  lab.call("update", "endpoints", {
    namespace: "default",
    name: "db",
    body: byHand([{ ...subset, addresses: [{ ip: "172.16.0.9" }] }]),
  });
  lab.simulation.advance(2_000);
  assert.deepEqual(endpointLines(lab, "db"), ["172.16.0.3", "172.16.0.9 ready"]);
  lab.call("delete", "services", { namespace: "default", name: "db" });
  lab.simulation.advance(2_000);
  assert.deepEqual(slicesOf(lab, "db"), []);
});

test("endpointSliceMirroring mirrors nothing that asks not to be, nor what a selector makes", () => {
  const lab = createControllerLab({ loops: ["endpoint-slice-mirroring"], runsPods: false });
  addService(lab, "db", { selector: undefined });
  const labels = { "endpointslice.kubernetes.io/skip-mirror": "true" };
  lab.call("create", "endpoints", { namespace: "default", body: byHand([subset], labels) });
  addService(lab, "web");
  const made = { ...byHand([subset]), metadata: { name: "web" } };
  lab.call("create", "endpoints", { namespace: "default", body: made });
  lab.simulation.advance(2_000);
  assert.deepEqual([...slicesOf(lab, "db"), ...slicesOf(lab, "web")], []);
});
