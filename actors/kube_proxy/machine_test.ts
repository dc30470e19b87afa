import { assert, test } from "../../properties/house/test.ts";
import { createControllerLab } from "../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../properties/stages/controllers/nodes.ts";
import { addRunningPod, addService, setPod } from "../../properties/stages/controllers/services.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { KubeProxyData } from "./data.ts";
import { dataplaneModel } from "./dataplane_device.ts";
import { kubeProxy } from "./definition.ts";

function labWith({ faults = [] }: { faults?: readonly Fault[] } = {}) {
  const dataplane = dataplaneModel();
  const applied: { generation: number; full: boolean; atMs: number }[] = [];
  const device = {
    ...dataplane,
    open: (context: Parameters<typeof dataplane.open>[0]) => {
      const opened = dataplane.open(context);
      return {
        ...opened,
        request(...[request, done, mishap]: Parameters<typeof opened.request>) {
          const { generation, full } = request as { generation: number; full: boolean };
          applied.push({ generation, full, atMs: context.uptimeMs() });
          opened.request(request, done, mishap);
        },
      };
    },
  };
  const lab = createControllerLab({
    loops: ["endpoint-slice"],
    runsPods: false,
    actors: [kubeProxy],
    devices: [device],
    faults,
  });
  addNodes(lab, ["a"]);
  const input = { node: "a", apiServers: lab.servers, clusterCidr: "10.0.0.0/9" };
  const address = lab.simulation.spawnNow({ name: "proxy", kind: "kube_proxy", input, restartsMax: 100 });
  lab.simulation.advance(3_000);
  const targets = (name: string) =>
    dataplane
      .rulesOf("a")
      .get(`default/${name}`)
      ?.cluster.map(({ ip }) => ip);
  const phase = () => lab.simulation.report(address)?.phase;
  return { lab, applied, targets, address, phase, dataplane };
}

test("kubeProxy brings what a Service's slices say into the rules of its node, and follows", () => {
  const { lab, targets, phase, applied } = labWith();
  assert.equal(phase(), "following");
  addService(lab, "web");
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(3_000);
  assert.deepEqual(targets("web"), ["10.0.0.1"]);
  setPod(lab, { name: "one", ip: "10.0.0.1", ready: false });
  lab.simulation.advance(3_000);
  assert.deepEqual(targets("web"), []);
  lab.call("delete", "services", { namespace: "default", name: "web" });
  lab.simulation.advance(3_000);
  assert.equal(targets("web"), undefined);
  assert.deepEqual([...new Set(applied.slice(1).map(({ full }) => full))], [false]);
});

test("kubeProxy writes at once after a rest, and not more often than once a second", () => {
  const { lab, applied } = labWith();
  lab.simulation.advance(5_000);
  const before = applied.length;
  const startMs = lab.simulation.uptimeMs();
  for (let count = 0; count < 30; count++) {
    addService(lab, `web-${count}`);
    lab.simulation.advance(100);
  }
  lab.simulation.advance(3_000);
  const writes = applied.slice(before);
  assert.ok((writes[0]?.atMs ?? 0) - startMs < 500, `first after ${(writes[0]?.atMs ?? 0) - startMs} ms`);
  writes.forEach(({ atMs }, index) => {
    const last = writes[index - 1];
    // An actor's clock shows whole milliseconds.
    if (last) assert.ok(atMs - last.atMs > 999, `${last.atMs} then ${atMs}`);
  });
  assert.ok(writes.length >= 3 && writes.length <= 7, `${writes.length} writes`);
});

test("kubeProxy that starts again writes all rules, without those of Services that went meanwhile", () => {
  const { lab, targets, address, applied, dataplane } = labWith();
  for (const name of ["stays", "goes"]) addService(lab, name);
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(3_000);
  lab.simulation.crash(address, "test");
  assert.deepEqual(targets("goes"), ["10.0.0.1"], "rules outlive their kube-proxy");
  lab.call("delete", "services", { namespace: "default", name: "goes" });
  lab.simulation.advance(10_000);
  assert.deepEqual([targets("stays"), targets("goes")], [["10.0.0.1"], undefined]);
  assert.equal(applied.filter(({ full }) => full).length, 2);
  // The node itself is switched on anew: the rules are gone, and changes to them are refused.
  dataplane.computerCrash("a");
  addService(lab, "new");
  lab.simulation.advance(40_000);
  assert.deepEqual([targets("stays"), targets("new")], [["10.0.0.1"], ["10.0.0.1"]]);
});

test("kubeProxy writes all rules once an hour, whatever has changed", () => {
  const { lab, applied, address } = labWith();
  const before = applied.filter(({ full }) => full).length;
  lab.simulation.advance(3_605_000);
  assert.equal(applied.filter(({ full }) => full).length, before + 1);
  const { sync } = lab.simulation.dataOf(address) as KubeProxyData;
  assert.equal(sync.outcome, "applied");
});
