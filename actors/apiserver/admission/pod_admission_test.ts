import { assert, test } from "../../../properties/house/test.ts";
import { createLab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

function labWith(...objects: readonly (readonly [plural: string, body: object])[]) {
  const lab = createLab();
  lab.simulation.advance(100);
  for (const [plural, body] of objects) {
    const answer = lab.call("create", plural, { namespace: "default", body });
    assert.equal(answer.code, 201, JSON.stringify(answer.body));
  }
  lab.simulation.advance(100);
  const pod = (name: string, spec: object = {}) =>
    lab.call("create", "pods", { namespace: "default", body: podNamed(name, { spec }) });
  return { lab, pod };
}

const classed = (name: string, value: number, more: object = {}) =>
  [
    "priorityclasses",
    { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value, ...more },
  ] as const;
const ranged = (...limits: readonly object[]) =>
  ["limitranges", { apiVersion: "v1", kind: "LimitRange", metadata: { name: "r" }, spec: { limits } }] as const;

test("priority gives a pod the number of its class, and refuses a class that is not there", () => {
  const { pod } = labWith(classed("high", 1_000, { preemptionPolicy: "Never" }));
  const made = pod("a", { priorityClassName: "high" }).body.spec;
  assert.deepEqual([made.priority, made.preemptionPolicy], [1_000, "Never"]);
  assert.equal(pod("b").body.spec.priority, 0);
  assert.equal(pod("c", { priorityClassName: "system-node-critical" }).body.spec.priority, 2_000_001_000);
  const unknown = pod("d", { priorityClassName: "none" });
  assert.deepEqual(
    [unknown.code, unknown.body.message],
    [403, 'pods "d" is forbidden: no PriorityClass with name none was found'],
  );
  assert.match(pod("e", { priority: 7 }).body.message, /the integer value of priority \(7\) must not be provided/);
});

test("priority gives pods that name no class that of the least class which is meant for all", () => {
  const { pod } = labWith(classed("usual", 5, { globalDefault: true }), classed("more", 9, { globalDefault: true }));
  const { spec } = pod("a").body;
  assert.deepEqual([spec.priorityClassName, spec.priority], ["usual", 5]);
});

test("the system's priority classes are there from the start", () => {
  const { lab } = labWith();
  const names = lab
    .call("list", "priorityclasses")
    .body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(names.sort(), ["system-cluster-critical", "system-node-critical"]);
});

test("limitRanger fills in what is usual and says so", () => {
  const { pod } = labWith(
    ranged({ type: "Container", default: { cpu: "500m" }, defaultRequest: { cpu: "100m", memory: "1Mi" } }),
  );
  const { spec, metadata } = pod("a").body;
  assert.deepEqual(spec.containers[0].resources, { limits: { cpu: "500m" }, requests: { cpu: "100m", memory: "1Mi" } });
  assert.equal(
    metadata.annotations["kubernetes.io/limit-ranger"],
    "LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c",
  );
});

test("limitRanger refuses what is less than the least and more than the most, of containers and of pods", () => {
  const { pod } = labWith(
    ranged({ type: "Container", max: { cpu: "1" }, min: { cpu: "100m" } }, { type: "Pod", max: { cpu: "1500m" } }),
  );
  const container = (name: string, cpu: string) => ({
    name,
    image: "a",
    resources: { limits: { cpu }, requests: { cpu } },
  });
  assert.equal(pod("a", { containers: [container("c", "1")] }).code, 201);
  const most = pod("b", { containers: [container("c", "1200m")] });
  assert.deepEqual(
    [most.code, most.body.message],
    [
      403,
      'pods "b" is forbidden: [maximum cpu usage per Container is 1, but limit is 1200m, maximum cpu usage per Container is 1, but request is 1200m]',
    ],
  );
  assert.match(
    pod("c", { containers: [container("c", "50m")] }).body.message,
    /minimum cpu usage per Container is 100m/,
  );
  const both = pod("d", { containers: [container("c", "1"), container("d", "1")] });
  assert.match(both.body.message, /maximum cpu usage per Pod is 1500m, but limit is 2/);
});
