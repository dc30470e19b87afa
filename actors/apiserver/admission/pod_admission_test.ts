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

test("a pod whose tolerations are replaced goes on bearing the loss of its node, and one that says nothing of its priority keeps it", () => {
  const { lab, pod } = labWith(classed("high", 1_000));
  const { body } = pod("a", { priorityClassName: "high" });
  const own = { key: "own", operator: "Exists", effect: "NoSchedule" };
  const { priority: _priority, preemptionPolicy: _policy, ...spec } = body.spec;
  const update = { ...body, spec: { ...spec, tolerations: [own] } };
  const answer = lab.call("update", "pods", { namespace: "default", name: "a", body: update });
  assert.equal(answer.code, 200, JSON.stringify(answer.body));
  const { tolerations, priority, preemptionPolicy } = answer.body.spec;
  assert.deepEqual(
    tolerations.map(({ key }: { key: string }) => key),
    ["own", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"],
  );
  assert.deepEqual([priority, preemptionPolicy], [1_000, "PreemptLowerPriority"]);
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

test("limitRanger holds claims to what they may ask for, and pods to what they need at their peak", () => {
  const { lab, pod } = labWith(
    ranged(
      { type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "2Gi" } },
      { type: "Pod", max: { cpu: "1" } },
    ),
  );
  const claim = (name: string, storage: string) =>
    lab.call("create", "persistentvolumeclaims", {
      namespace: "default",
      body: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
      },
    });
  assert.equal(claim("a", "1Gi").code, 201);
  assert.equal(
    claim("b", "3Gi").body.message,
    'persistentvolumeclaims "b" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  );
  assert.match(
    claim("c", "1Mi").body.message,
    /minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi$/,
  );
  const needs = (name: string, cpu: string) => ({
    name,
    image: "a",
    resources: { limits: { cpu }, requests: { cpu } },
  });
  assert.equal(pod("a", { initContainers: [needs("i", "1")], containers: [needs("c", "500m")] }).code, 201);
  assert.match(
    pod("b", { initContainers: [needs("i", "1500m")], containers: [needs("c", "1")] }).body.message,
    /limit is 1500m/,
  );
});

test("runtimeClass gives a pod what its class costs and where it can run", () => {
  const { pod } = labWith([
    "runtimeclasses",
    {
      ...{ apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: "safe" }, handler: "safe" },
      overhead: { podFixed: { cpu: "250m" } },
      scheduling: { nodeSelector: { kind: "safe" }, tolerations: [{ key: "safe", operator: "Exists" }] },
    },
  ]);
  const { spec } = pod("a", { runtimeClassName: "safe", nodeSelector: { zone: "a" } }).body;
  assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: "250m" }, { zone: "a", kind: "safe" }]);
  assert.ok(spec.tolerations.some(({ key }: { key: string }) => key === "safe"));
  assert.equal(pod("b", { runtimeClassName: "safe", overhead: { cpu: "0.25" } }).code, 201);
  const why = (name: string, more: object) => pod(name, more).body.message;
  assert.equal(
    why("c", { runtimeClassName: "none" }),
    'pods "c" is forbidden: pod rejected: RuntimeClass "none" not found',
  );
  assert.match(
    why("d", { runtimeClassName: "safe", overhead: { cpu: "1" } }),
    /Pod's Overhead doesn't match RuntimeClass's defined Overhead$/,
  );
  assert.match(
    why("e", { overhead: { cpu: "1" } }),
    /Pod Overhead set without corresponding RuntimeClass defined Overhead$/,
  );
  assert.match(
    why("f", { runtimeClassName: "safe", nodeSelector: { kind: "fast" } }),
    /conflict: runtimeClass.scheduling.nodeSelector\[kind\] = safe; pod.spec.nodeSelector\[kind\] = fast$/,
  );
});

test("defaultIngressClass names the newest class that is meant for those without", () => {
  const kind = (name: string) =>
    [
      "ingressclasses",
      {
        ...{ apiVersion: "networking.k8s.io/v1", kind: "IngressClass", spec: { controller: "example.com/c" } },
        metadata: { name, annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
      },
    ] as const;
  const { lab } = labWith(kind("b"), kind("a"));
  const spec = { defaultBackend: { service: { name: "s", port: { number: 80 } } } };
  const made = (name: string, more: object = {}) =>
    lab.call("create", "ingresses", {
      namespace: "default",
      body: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name }, spec: { ...spec, ...more } },
    }).body.spec.ingressClassName;
  assert.deepEqual([made("x"), made("y", { ingressClassName: "own" })], ["a", "own"]);
});

test("certificateSubjectRestriction lets nobody ask for a certificate by which they may do all", () => {
  const { lab } = labWith();
  const ask = (name: string, organization: string, signerName = "kubernetes.io/kube-apiserver-client") => {
    const bytes = [0x30, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, organization.length, ...organization].map((each) =>
      typeof each === "number" ? each : each.charCodeAt(0),
    );
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${btoa(String.fromCharCode(...bytes))}\n-----END CERTIFICATE REQUEST-----\n`;
    const spec = { request: btoa(pem), signerName, usages: ["client auth"] };
    const body = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name }, spec };
    return lab.call("create", "certificatesigningrequests", { body });
  };
  assert.equal(
    ask("a", "system:masters").body.message,
    'certificatesigningrequests.certificates.k8s.io "a" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  );
  assert.equal(ask("b", "developers").code, 201);
  assert.equal(ask("c", "system:masters", "example.com/own").code, 201);
});
