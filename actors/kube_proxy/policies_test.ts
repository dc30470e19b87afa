import { assert, test } from "../../properties/house/test.ts";
import { createControllerLab } from "../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../properties/stages/controllers/nodes.ts";
import { addRunningPod, setPod } from "../../properties/stages/controllers/services.ts";
import { type FakeComputerData, fakeComputer } from "../../properties/stages/kube_proxy/fake_computer.ts";
import { kubeProxy } from "./definition.ts";
import type { KubeProxyInput } from "./messages.ts";

const computer = "computer/a";
const namespace = "default";

function labWith(input: Partial<KubeProxyInput> = {}) {
  const lab = createControllerLab({ loops: [], runsPods: false, actors: [kubeProxy, fakeComputer] });
  const { simulation } = lab;
  addNodes(lab, ["a", "b"]);
  simulation.spawnNow({ name: computer, kind: fakeComputer.kind, input: { node: "a" }, restartsMax: 100 });
  const own: KubeProxyInput = { node: "a", apiServers: lab.servers, computer, ...input };
  const proxy = simulation.spawnNow({ name: "proxy", kind: "kube_proxy", input: own, restartsMax: 100 });
  simulation.advance(3_000);
  const below = () => simulation.dataOf(computer) as FakeComputerData;
  const group = "networking.k8s.io";
  const addPolicy = (name: string, spec: object = {}) => {
    const body = { apiVersion: `${group}/v1`, kind: "NetworkPolicy", metadata: { name }, spec };
    assert.equal(lab.call("create", "networkpolicies", { namespace, body }).code, 201);
  };
  const addPod = (name: string, { labels = { app: name }, annotations = {}, node = "a" } = {}) => {
    const containers = [{ name: "c", image: "web:1" }];
    const body = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name, labels, annotations } },
      spec: { nodeName: node, containers },
    };
    assert.equal(lab.call("create", "pods", { namespace, body }).code, 201);
  };
  const uidOf = (name: string): string => lab.one("pods", name).metadata.uid;
  const knows = (name: string) => below().rules.policies.knows(uidOf(name));
  const said = (name: string) =>
    below()
      .rules.policies.all()
      .find(({ uid }) => uid === uidOf(name));
  return { lab, simulation, proxy, below, addPolicy, addPod, uidOf, knows, said };
}

const isolated = { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Ingress"] };

test("kubeProxy says what policies say of a pod of its node before that has an address, and of none of others' pods", () => {
  const { simulation, addPolicy, addPod, uidOf, knows, said } = labWith();
  addPod("before");
  simulation.advance(2_000);
  assert.equal(knows("before"), true, "there are no policies: everybody may begin");
  addPolicy("closed", isolated);
  simulation.advance(100);
  addPod("web");
  addPod("db");
  addPod("far", { labels: { app: "web" }, node: "b" });
  simulation.advance(100);
  assert.deepEqual(["before", "web", "db", "far"].map(knows), [true, true, true, false]);
  assert.deepEqual(said("web"), { uid: uidOf("web"), ips: [], ingress: [] });
  assert.equal(said("db"), undefined);
});

test("kubeProxy has nobody begin from its first policy on, while it learns which pods there are", () => {
  const { lab, simulation, below, addPolicy, addPod, knows } = labWith();
  addPod("web");
  const heard: string[] = [];
  let written = below().applied.length;
  simulation.onStep((address) => {
    if (address !== computer || below().applied.length === written) return;
    written = below().applied.length;
    heard.push(below().rules.policies.knows("nobody's") ? "everybody" : knows("web") ? "web" : "nobody");
  });
  addPolicy("closed", isolated);
  simulation.advance(2_000);
  lab.call("delete", "networkpolicies", { namespace, name: "closed" });
  simulation.advance(2_000);
  assert.deepEqual(heard, ["nobody", "web", "everybody"]);
});

test("kubeProxy does not keep pods of its node waiting for its turn to write rules, but the addresses of others", () => {
  const { lab, simulation, addPolicy, addPod, knows, said } = labWith({ minSyncMs: 60_000 });
  addPolicy("closed", { ...isolated, ingress: [{ from: [{ podSelector: { matchLabels: { app: "friend" } } }] }] });
  addPod("web");
  simulation.advance(100);
  for (const name of ["one", "two", "three"]) {
    addPod(name);
    simulation.advance(50);
    assert.equal(knows(name), true);
  }
  assert.deepEqual(said("web")?.ingress, [{ peers: [{ ips: [] }] }]);
  addRunningPod(lab, { name: "friend", labels: { app: "friend" }, ip: "10.0.1.1", node: "b" });
  simulation.advance(1_000);
  assert.deepEqual(said("web")?.ingress, [{ peers: [{ ips: [] }] }]);
  simulation.advance(60_000);
  assert.deepEqual(said("web")?.ingress, [{ peers: [{ ips: ["10.0.1.1"] }] }]);
  const contentType = "application/merge-patch+json";
  lab.call("patch", "pods", { namespace, name: "one", contentType, body: { metadata: { labels: { app: "web" } } } });
  simulation.advance(100);
  assert.ok(said("one"), "its labels have changed");
});

test("kubeProxy knows a static pod by what its node calls it, and keeps what it said of a pod that has ended", () => {
  const { lab, simulation, below, addPolicy, addPod, said } = labWith();
  addPolicy("closed", isolated);
  addPod("web", { annotations: { "kubernetes.io/config.mirror": "of-manifest" } });
  simulation.advance(3_000);
  assert.equal(below().rules.policies.knows("of-manifest"), true);
  addPod("job", { labels: { app: "web" } });
  setPod(lab, { name: "job", ip: "10.0.0.2" });
  const contentType = "application/merge-patch+json";
  const ended = { subresource: "status", contentType, body: { status: { phase: "Failed" } } } as const;
  assert.equal(lab.call("patch", "pods", { namespace, name: "job", ...ended }).code, 200);
  simulation.advance(3_000);
  assert.deepEqual(said("job")?.ips, [], "its address is another's now, and it is kept apart as long as it is there");
});
