import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, test } from "../../../properties/house/test.ts";
import { staleEndpoints } from "../../../properties/mutations/stale_endpoints.ts";
import * as labs from "../../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../../properties/stages/controllers/nodes.ts";
import {
  addRunningPod,
  addService,
  endpointLines,
  setPod,
  slicesOf,
} from "../../../properties/stages/controllers/services.ts";

const loops = ["endpoint-slice"];

function labWith(options: { servers?: number } = {}, { createControllerLab }: typeof labs = labs) {
  const lab = createControllerLab({ loops, runsPods: false, ...options });
  addNodes(lab, ["a"], { "topology.kubernetes.io/zone": "zone-1" });
  return lab;
}

test("endpointSlice tells the pods that a Service selects, with their node, zone and port", () => {
  const lab = labWith();
  addService(lab, "web", { ports: [{ name: "http", port: 80, targetPort: "main", appProtocol: "http" }] });
  const spec = { containers: [{ name: "c", image: "web:1", ports: [{ name: "main", containerPort: 8080 }] }] };
  addRunningPod(lab, { name: "one", ip: "10.0.0.1", spec });
  addRunningPod(lab, { name: "two", ip: "10.0.0.2", ready: false, spec });
  addRunningPod(lab, { name: "other", ip: "10.0.0.3", labels: { app: "db" } });
  lab.simulation.advance(2_000);
  assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1 ready serving", "10.0.0.2"]);
  const [slice] = slicesOf(lab, "web");
  assert.deepEqual(slice.ports, [{ name: "http", port: 8080, protocol: "TCP", appProtocol: "http" }]);
  assert.equal(slice.addressType, "IPv4");
  assert.equal(slice.metadata.labels["endpointslice.kubernetes.io/managed-by"], "endpointslice-controller.k8s.io");
  assert.equal(slice.metadata.ownerReferences[0].kind, "Service");
  assert.match(slice.metadata.name, /^web-[a-z0-9]{5}$/);
  assert.ok(slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"]);
  const one = slice.endpoints.find(({ addresses }: { addresses: string[] }) => addresses[0] === "10.0.0.1");
  assert.equal(one.nodeName, "a");
  assert.equal(one.zone, "zone-1");
  assert.equal(one.targetRef.name, "one");
});

test("endpointSlice follows a pod that becomes unready, terminates and goes", () => {
  const lab = labWith();
  addService(lab, "web");
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(1_000);
  setPod(lab, { name: "one", ip: "10.0.0.1", ready: false });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1"]);
  setPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.call("delete", "pods", { namespace: "default", name: "one" });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1 serving terminating"]);
  lab.call("delete", "pods", { namespace: "default", name: "one", query: { gracePeriodSeconds: "0" } });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), []);
  assert.equal(slicesOf(lab, "web").length, 1, "an empty slice stays");
});

test("endpointSlice with staleEndpoints keeps an endpoint ready: only the defect does", async () => {
  const lab = labWith({}, await loadMutated(staleEndpoints, "properties/stages/controllers/lab.ts"));
  addService(lab, "web");
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(1_000);
  setPod(lab, { name: "one", ip: "10.0.0.1", ready: false });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1 ready serving"]);
});

test("endpointSlice ends at what a pod is, however fast its readiness flips", () => {
  const lab = labWith({ servers: 2 });
  addService(lab, "web");
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(1_000);
  // Kubernetes 125638: back again before the mirror of slices shows what was written for the first flip.
  for (let gapMs = 0; gapMs < 24; gapMs += 2) {
    setPod(lab, { name: "one", ip: "10.0.0.1", ready: false });
    lab.simulation.advance(gapMs);
    setPod(lab, { name: "one", ip: "10.0.0.1", ready: true });
    lab.simulation.advance(3_000);
    assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1 ready serving"], `${gapMs} ms`);
  }
});

test("endpointSlice makes no second slice when its life ends right after it made the first", () => {
  const lab = labWith();
  for (let count = 0; count < 12; count++) {
    addRunningPod(lab, { name: `pod-${count}`, ip: `10.0.0.${count}`, labels: { app: `app-${count}` } });
  }
  for (let count = 0; count < 12; count++) {
    addService(lab, `web-${count}`, { selector: { app: `app-${count}` } });
    lab.simulation.advance(count);
    lab.simulation.crash("manager-0/endpoint-slice", "test");
    lab.simulation.advance(3_000);
  }
  lab.simulation.advance(30_000);
  for (let count = 0; count < 12; count++) {
    assert.deepEqual(endpointLines(lab, `web-${count}`), [`10.0.0.${count} ready serving`]);
    assert.equal(slicesOf(lab, `web-${count}`).length, 1);
  }
});

test("endpointSlice moves a pod whose labels change from one Service to another", () => {
  const lab = labWith();
  addService(lab, "web");
  addService(lab, "db", { selector: { app: "db" } });
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(1_000);
  // Kubernetes 28674: the Service that has lost a pod has to be told, too.
  const request = { namespace: "default", name: "one", body: { metadata: { labels: { app: "db" } } } };
  lab.call("patch", "pods", { ...request, contentType: "application/merge-patch+json" });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), []);
  assert.deepEqual(endpointLines(lab, "db"), ["10.0.0.1 ready serving"]);
});

test("endpointSlice publishes pods that are not ready where that is asked for, and host names of a headless Service", () => {
  const lab = labWith();
  addService(lab, "web", { clusterIP: "None", publishNotReadyAddresses: true, trafficDistribution: "PreferClose" });
  const spec = { hostname: "first", subdomain: "web" };
  addRunningPod(lab, { name: "one", ip: "10.0.0.1", ready: false, spec });
  lab.simulation.advance(1_000);
  assert.deepEqual(endpointLines(lab, "web"), ["10.0.0.1 ready"]);
  const [slice] = slicesOf(lab, "web");
  assert.equal(slice.endpoints[0].hostname, "first");
  assert.deepEqual(slice.endpoints[0].hints, { forZones: [{ name: "zone-1" }] });
  assert.equal(slice.metadata.labels["service.kubernetes.io/headless"], "");
});

test("endpointSlice leaves Services without a selector, and of type ExternalName, alone", () => {
  const lab = labWith();
  addService(lab, "manual", { selector: undefined });
  addService(lab, "away", { type: "ExternalName", externalName: "example.com" });
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(2_000);
  assert.deepEqual([...slicesOf(lab, "manual"), ...slicesOf(lab, "away")], []);
});
