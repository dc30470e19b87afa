import { assert, test } from "../../properties/house/test.ts";
import { createControllerLab } from "../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../properties/stages/controllers/nodes.ts";
import { addRunningPod, addService, setPod } from "../../properties/stages/controllers/services.ts";
import { type FakeComputerData, fakeComputer } from "../../properties/stages/kube_proxy/fake_computer.ts";
import type { KubeProxyData } from "./data.ts";
import { kubeProxy } from "./definition.ts";
import type { AskProxyPage, KubeProxyInput, ProxyPage } from "./messages.ts";

const computer = "computer/a";

function labWith() {
  const lab = createControllerLab({
    loops: ["endpoint-slice"],
    runsPods: false,
    actors: [kubeProxy, fakeComputer],
  });
  addNodes(lab, ["a"]);
  lab.simulation.spawnNow({ name: computer, kind: fakeComputer.kind, input: { node: "a" }, restartsMax: 100 });
  const input: KubeProxyInput = { node: "a", apiServers: lab.servers, computer, clusterCidr: "10.0.0.0/9" };
  const address = lab.simulation.spawnNow({ name: "proxy", kind: "kube_proxy", input, restartsMax: 100 });
  lab.simulation.advance(3_000);
  const below = () => lab.simulation.dataOf(computer) as FakeComputerData;
  // When it writes is the kube-proxy's to say: how long that takes to the computer is another matter.
  const writesAtMs: number[] = [];
  let written = 0;
  lab.simulation.onStep((who) => {
    const { generation = 0 } = who === address ? (lab.simulation.dataOf(address) as KubeProxyData).sync : {};
    if (generation > written) writesAtMs.push(lab.simulation.uptimeMs());
    written = Math.max(written, generation);
  });
  const targets = (name: string) =>
    below()
      .rules.rules.get(`default/${name}`)
      ?.cluster.map(({ ip }) => ip);
  const phase = () => lab.simulation.report(address)?.phase;
  return { lab, applied: below().applied, writesAtMs, targets, address, phase };
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
  const { lab, writesAtMs } = labWith();
  lab.simulation.advance(5_000);
  const before = writesAtMs.length;
  const startMs = lab.simulation.uptimeMs();
  for (let count = 0; count < 30; count++) {
    addService(lab, `web-${count}`);
    lab.simulation.advance(100);
  }
  lab.simulation.advance(3_000);
  const writes = writesAtMs.slice(before);
  const [firstMs = 0] = writes;
  assert.ok(firstMs - startMs < 500, `first after ${firstMs - startMs} ms`);
  writes.forEach((atMs, index) => {
    const lastMs = writes[index - 1];
    // An actor's clock shows whole milliseconds.
    if (lastMs !== undefined) assert.ok(atMs - lastMs > 999, `${lastMs} then ${atMs}`);
  });
  assert.ok(writes.length >= 3 && writes.length <= 7, `${writes.length} writes`);
});

test("kubeProxy that starts again writes all rules, without those of Services that went meanwhile", () => {
  const { lab, targets, address, applied } = labWith();
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
  lab.simulation.crashNow(computer, "power failure");
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

test("kubeProxy is well while its rules come into force, and not when they do not for a minute", async () => {
  const { lab, address } = labWith();
  const page = (path: string) =>
    lab.simulation.askNow(address, { type: "proxy.page", server: "health", path } as AskProxyPage, 5_000) as ProxyPage;
  assert.equal(page("/healthz").status, 200);
  await lab.simulation.stop(computer);
  addService(lab, "web");
  addRunningPod(lab, { name: "one", ip: "10.0.0.1" });
  lab.simulation.advance(50_000);
  assert.equal(page("/livez").status, 200);
  lab.simulation.advance(15_000);
  assert.deepEqual([page("/healthz").status, page("/livez").status], [503, 503]);
});
