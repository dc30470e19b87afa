import { assert, test } from "../../../properties/house/test.ts";
import type { Frozen, PodSpec, Service } from "../types.ts";
import { podWarnings } from "./pod_spec.ts";
import { serviceWarnings } from "./service.ts";

const warningsOf = (spec: object, annotations = {}, at = "") => [
  ...podWarnings({ metadata: { annotations }, spec: { containers: [], ...spec } as unknown as Frozen<PodSpec> }, at),
];

test("podWarnings() warns of variables that hide others, and not of those that add to them", () => {
  const env = (...pairs: [string, string][]) => pairs.map(([name, value]) => ({ name, value }));
  const containers = [{ name: "c", env: env(["X", "1"], ["X", "2"], ["Y", "a"], ["Y", "$(Y)b"], ["Y", "$(Y)"]) }];
  const hides = (index: number, name: string) =>
    `spec.template.spec.containers[0].env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`;
  assert.deepEqual(warningsOf({ containers }, {}, "spec.template"), [hides(1, "X"), hides(4, "Y")]);
});

test("podWarnings() warns of labels, volumes and annotations that are deprecated", () => {
  const nodeSelector = { "beta.kubernetes.io/os": "linux", "kubernetes.io/os": "linux" };
  const volumes = [{ name: "v", gitRepo: { repository: "r" } }];
  const annotations = { "seccomp.security.alpha.kubernetes.io/pod": "x" };
  assert.deepEqual(warningsOf({ nodeSelector, volumes }, annotations), [
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    "spec.volumes[0].gitRepo: deprecated in v1.11",
    'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
  ]);
});

test("podWarnings() warns of what is there twice, and of bytes in fractions", () => {
  const resources = { limits: { memory: "100m", cpu: "100m" } };
  const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP" }, { containerPort: 80, hostPort: 1 }];
  const hostAliases = [{ ip: "10.0.0.1" }, { ip: "10.0.0.1" }];
  const containers = [
    { name: "a", resources, ports },
    { name: "b", ports: [{ containerPort: 80 }] },
  ];
  assert.deepEqual(warningsOf({ containers, hostAliases, imagePullSecrets: [{}], terminationGracePeriodSeconds: -1 }), [
    'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
    'spec.imagePullSecrets[0].name: invalid empty name ""',
    'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    "spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]",
    "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
    "spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[2]",
    "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
  ]);
});

test("podWarnings() tells ports apart by their place on the host", () => {
  const port = (hostPort?: number, hostIP?: string) => ({ containerPort: 80, hostPort, hostIP });
  const ports = [port(1), port(1, "10.0.0.1"), port(1, "10.0.0.2"), port(2), port(1), port()];
  const about = (index: number, how: string, other: number) =>
    `spec.containers[0].ports[${index}]: ${how} port definition with spec.containers[0].ports[${other}]`;
  assert.deepEqual(warningsOf({ containers: [{ name: "a", ports }] }), [
    about(1, "dangerously ambiguous", 0),
    about(2, "dangerously ambiguous", 0),
    about(4, "duplicate", 0),
    about(4, "dangerously ambiguous", 1),
    about(4, "dangerously ambiguous", 2),
    ...[0, 1, 2, 3, 4].map((other) => about(5, "overlapping", other)),
  ]);
});

test("podWarnings() warns of selectors that match nothing, and of nothing in a plain pod", () => {
  const term = { topologyKey: "kubernetes.io/hostname" };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const path = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector";
  assert.deepEqual(warningsOf({ affinity }), [`${path}: a null labelSelector results in matching no pod`]);
  assert.deepEqual(warningsOf({ containers: [{ name: "c", image: "i", env: [{ name: "A", value: "1" }] }] }), []);
});

test("serviceWarnings() warns of fields that do nothing", () => {
  const spec = { type: "ClusterIP", clusterIP: "None", sessionAffinity: "ClientIP", externalName: "x" };
  assert.deepEqual(serviceWarnings({ metadata: {}, spec } as unknown as Frozen<Service>), [
    "spec.SessionAffinity is ignored for headless services",
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ]);
});
