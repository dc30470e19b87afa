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

test("podWarnings() warns of what goes in templates alone, of files that a token hides and of soft rules", () => {
  const annotations = {
    "container.apparmor.security.beta.kubernetes.io/c": "x",
    "container.seccomp.security.alpha.kubernetes.io/c": "x",
    "scheduler.alpha.kubernetes.io/critical-pod": "",
  };
  const sources = [
    { serviceAccountToken: { path: "t" } },
    { configMap: { items: [{ path: "u" }, { path: "t" }] } },
    { clusterTrustBundle: { path: "t" } },
  ];
  const claim = { volumeClaimTemplate: { spec: { resources: { requests: { storage: "1500m" } } } } };
  const volumes = [
    { name: "v", projected: { sources } },
    { name: "e", ephemeral: claim },
  ];
  const soft = [{ weight: 1, podAffinityTerm: { topologyKey: "k" } }];
  const affinity = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: soft } };
  const topologySpreadConstraints = [{ topologyKey: "beta.kubernetes.io/os", labelSelector: {} }];
  const containers = [{ name: "c", image: "i" }];
  const spec = { containers, volumes, affinity, topologySpreadConstraints };
  const inTemplate = warningsOf(spec, annotations, "t");
  const own = "t.spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm";
  const instead = (field: string) => `use the "${field}" field instead`;
  const hidden = 'has duplicated path with ServiceAccountToken "t"';
  assert.deepEqual(inTemplate, [
    't.spec.topologySpreadConstraints[0].topologyKey: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
    `t.metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; ${instead("priorityClassName")}`,
    't.spec.volumes[1].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    `t.spec.volumes[0].projected.sources.configMap[1]: ${hidden}`,
    `t.spec.volumes[0].projected.sources.ClusterTrustBundle: ${hidden}`,
    `t.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional in v1.27+; ${instead("seccompProfile")}`,
    `t.metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; ${instead("appArmorProfile")}`,
    `${own}.labelSelector: a null labelSelector results in matching no pod`,
  ]);
  // Of a pod itself all but the annotation that becomes a field of it.
  assert.equal(warningsOf(spec, annotations).length, inTemplate.length - 1);
});

const ofService = (spec: object, annotations = {}) => [
  ...serviceWarnings({ metadata: { annotations }, spec } as unknown as Frozen<Service>),
];

test("serviceWarnings() warns of fields that do nothing", () => {
  const headless = { type: "ClusterIP", clusterIP: "None", clusterIPs: ["None"], sessionAffinity: "ClientIP" };
  const ignored = { externalName: "x", loadBalancerIP: "10.0.0.1", externalIPs: ["10.0.0.2"] };
  const hints = "service.kubernetes.io/topology-aware-hints";
  assert.deepEqual(ofService({ ...headless, ...ignored }, { [hints]: "auto" }), [
    `annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    "spec.loadBalancerIP is ignored for headless services",
    "spec.externalIPs is ignored for headless services",
    "spec.SessionAffinity is ignored for headless services",
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ]);
  assert.deepEqual(ofService({ type: "ExternalName", externalName: "x", externalIPs: ["10.0.0.2"] }), [
    'spec.externalIPs is ignored when spec.type is "ExternalName"',
  ]);
});

test("serviceWarnings() warns of addresses that are oddly written", () => {
  const odd = [
    "192.012.2.2",
    "::ffff:192.12.2.2",
    "2001:db8:0:0::2",
    "2001:DB8::2",
    "10.0.0.1",
    "2001:db8::2",
    "::",
    "x",
  ];
  const future = "will be considered invalid in a future Kubernetes release: use";
  const better = "should be in RFC 5952 canonical format";
  assert.deepEqual(ofService({ type: "NodePort", clusterIP: odd[0], clusterIPs: odd.slice(0, 1), externalIPs: odd }), [
    `spec.clusterIPs[0]: non-standard IP address "192.012.2.2" ${future} "192.12.2.2"`,
    `spec.externalIPs[0]: non-standard IP address "192.012.2.2" ${future} "192.12.2.2"`,
    `spec.externalIPs[1]: non-standard IP address "::ffff:192.12.2.2" ${future} "192.12.2.2"`,
    `spec.externalIPs[2]: IPv6 address "2001:db8:0:0::2" ${better} ("2001:db8::2")`,
    `spec.externalIPs[3]: IPv6 address "2001:DB8::2" ${better} ("2001:db8::2")`,
  ]);
  const loadBalancerSourceRanges = [
    "192.12.2.8/24",
    "10.0.0.0/8",
    "192.012.2.0/24",
    "2001:db8:0:0::/64",
    "2001:db8::1/64",
  ];
  assert.deepEqual(ofService({ type: "LoadBalancer", loadBalancerIP: "010.0.0.1", loadBalancerSourceRanges }), [
    `spec.loadBalancerIP: non-standard IP address "010.0.0.1" ${future} "10.0.0.1"`,
    'spec.loadBalancerSourceRanges[0]: CIDR value "192.12.2.8/24" is ambiguous in this context (should be "192.12.2.0/24" or "192.12.2.8/32"?)',
    `spec.loadBalancerSourceRanges[2]: non-standard CIDR value "192.012.2.0/24" ${future} "192.12.2.0/24"`,
    `spec.loadBalancerSourceRanges[3]: IPv6 CIDR value "2001:db8:0:0::/64" ${better} ("2001:db8::/64")`,
    'spec.loadBalancerSourceRanges[4]: CIDR value "2001:db8::1/64" is ambiguous in this context (should be "2001:db8::/64" or "2001:db8::1/128"?)',
  ]);
});
