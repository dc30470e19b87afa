import { assert, test } from "../../../properties/house/test.ts";
import { encodeBase64 } from "../base64.ts";
import { fieldErrorText } from "../field_error.ts";
import type { KindDefinition } from "../kind.ts";
import { registry } from "../registry.ts";
import type { Fields, KubeObject } from "../types.ts";

function kindOf(name: string): KindDefinition {
  const kind = registry.kinds.find((each) => each.kind === name && each.group === "");
  assert.ok(kind, name);
  return kind;
}

function made(name: string, fields: Fields): KubeObject & Fields {
  const kind = kindOf(name);
  const metadata = { name: "a", ...(kind.namespaced ? { namespace: "default" } : {}) };
  const draft = {
    apiVersion: "v1",
    kind: name,
    metadata,
    spec: {},
    status: {},
    ...structuredClone(fields),
  } as KubeObject & Fields;
  kind.applyDefaults(draft);
  return draft;
}

function judged(name: string, cases: readonly (readonly [fields: Fields, texts: readonly string[]])[]): void {
  for (const [fields, texts] of cases) {
    assert.deepEqual(kindOf(name).validate(made(name, fields)).map(fieldErrorText), texts, JSON.stringify(fields));
  }
}

/** What a change is told, of the object or of its status. */
function changed(name: string, old: Fields, now: Fields, ofStatus = false): string[] {
  const [before, after] = [made(name, old), made(name, now)];
  const kind = kindOf(name);
  return (ofStatus ? kind.validateStatusUpdate(after, before) : kind.validateUpdate(after, before)).map(fieldErrorText);
}

test("LimitRanges say which of two amounts is out of order, and at which of them", () => {
  const at = "spec.limits[0]";
  const item = (fields: Fields) => ({ spec: { limits: [{ type: "Container", ...fields }] } });
  judged("LimitRange", [
    [item({ type: "Node" }), [`${at}.type: Invalid value: "Node": must be a standard limit type or fully qualified`]],
    [
      item({ type: "Pod", default: { cpu: "1" } }),
      [`${at}.default: Forbidden: may not be specified when \`type\` is 'Pod'`],
    ],
    [
      item({ max: { foo: "1" } }),
      ["max", "default", "defaultRequest"].flatMap((list) => [
        `${at}.${list}[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`,
        `${at}.${list}[foo]: Invalid value: "foo": must be a standard resource for containers`,
      ]),
    ],
    [
      item({ type: "PersistentVolumeClaim" }),
      [`${at}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
    ],
    [
      item({ min: { cpu: "2" }, defaultRequest: { cpu: "1" }, default: { cpu: "3" } }),
      [`${at}.defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1`],
    ],
    [
      item({ max: { cpu: "1" }, default: { cpu: "2" }, defaultRequest: { cpu: "1" } }),
      [`${at}.default[cpu]: Invalid value: "1": default value 2 is greater than max value 1`],
    ],
    [
      item({ type: "Pod", min: { cpu: "1" }, max: { cpu: "2" }, maxLimitRequestRatio: { cpu: "3" } }),
      [`${at}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000`],
    ],
    [
      item({ default: { "gpu.example.com/x": "2" }, defaultRequest: { "gpu.example.com/x": "1" } }),
      [
        `${at}.defaultRequest[gpu.example.com/x]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in gpu.example.com/x`,
      ],
    ],
  ]);
});

test("ResourceQuotas know what scopes can be about, and with which words", () => {
  const hard = { pods: "1" };
  const selecting = (expression: Fields) => ({ spec: { hard, scopeSelector: { matchExpressions: [expression] } } });
  const at = "spec.scopeSelector.matchExpressions";
  judged("ResourceQuota", [
    [
      { spec: { hard: { storage: "1Gi" } } },
      ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'],
    ],
    [{ spec: { hard: { pods: "1500m" } } }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    [{ spec: { hard: { cpu: "-1" } } }, ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    [
      { spec: { hard: { cpu: "1" }, scopes: ["BestEffort"] } },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      { spec: { hard, scopes: ["BestEffort", "NotBestEffort"] } },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      selecting({ scopeName: "Terminating", operator: "In", values: ["a"] }),
      [
        `${at}.operator: Invalid value: "In": must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`,
      ],
    ],
    [
      selecting({ scopeName: "PriorityClass", operator: "In" }),
      [
        `${at}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
      ],
    ],
    [
      selecting({ scopeName: "PriorityClass", operator: "Gt" }),
      [`${at}.operator: Invalid value: "Gt": not a valid selector operator`],
    ],
  ]);
  const usedUp = changed(
    "ResourceQuota",
    { spec: { hard } },
    { spec: { hard }, status: { used: { pods: "x" } } },
    true,
  );
  assert.match(usedUp[0] ?? "", /^status\.used\[pods\]: Invalid value: "x": quantities must match/);
});

test("Endpoints, Secrets, Nodes and Namespaces are judged in each of their words", () => {
  const address = (fields: Fields) => ({ subsets: [{ addresses: [{ ip: "10.0.0.1", ...fields }] }] });
  judged("Endpoints", [
    [
      address({ ip: "127.0.0.1" }),
      [
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      address({ nodeName: "A" }),
      [
        "subsets[0].addresses[0].nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
  ]);
  const docker = (text: string) => ({
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": encodeBase64(text) },
  });
  judged("Secret", [
    [docker("{}"), []],
    [
      docker("{x"),
      [
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'x' looking for beginning of object key string",
      ],
    ],
    [
      docker("[]"),
      [
        'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}',
      ],
    ],
    [{ type: "kubernetes.io/ssh-auth", data: { "ssh-privatekey": "" } }, ["data[ssh-privatekey]: Required value"]],
  ]);
  judged("Node", [
    [{ spec: { taints: [{ key: "a" }] } }, ["metadata.taints[0].effect: Required value"]],
    [
      { status: { capacity: { cpu: "-1" } } },
      ["capacity", "allocatable"].map(
        (list) => `status.${list}.cpu: Invalid value: "-1": must be greater than or equal to 0`,
      ),
    ],
  ]);
  const addresses = [1, 2].map(() => ({ type: "InternalIP", address: "10.0.0.1" }));
  assert.deepEqual(changed("Node", {}, { status: { addresses } }, true), [
    'status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"10.0.0.1"}',
  ]);
  const phase = changed("Namespace", {}, { status: { phase: "Terminating" } }, true);
  assert.deepEqual(phase, [
    "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty",
  ]);
  judged("Namespace", [
    [
      { spec: { finalizers: ["mine"] } },
      ['spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified'],
    ],
  ]);
});

test("a balanced Service keeps who balances it, and the port of its health", () => {
  const balanced = (fields: Fields) => ({
    spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", ports: [{ port: 80 }], ...fields },
  });
  assert.deepEqual(
    changed("Service", balanced({ healthCheckNodePort: 30_001 }), balanced({ healthCheckNodePort: 30_002 })),
    ["spec.healthCheckNodePort: Forbidden: field is immutable"],
  );
  assert.deepEqual(changed("Service", balanced({}), balanced({ loadBalancerClass: "a.b/c" })), [
    'spec.loadBalancerClass: Invalid value: "a.b/c": may not change once set',
  ]);
});

const volume = { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"] };
const claim = { resources: { requests: { storage: "2Gi" } }, accessModes: ["ReadWriteOnce"] };

test("PersistentVolumes are judged by what they are made of, and may have few changes", () => {
  const csi = { driver: "d.example.com", volumeHandle: "h" };
  judged("PersistentVolume", [
    [
      { spec: { ...volume, capacity: {}, csi } },
      ["spec.capacity: Required value", 'spec.capacity: Unsupported value: {}: supported values: "storage"'],
    ],
    [
      { spec: { ...volume, csi: { ...csi, nodePublishSecretRef: { name: "s" } } } },
      ["spec.csi.nodePublishSecretRef.namespace: Required value"],
    ],
    [
      { spec: { ...volume, local: { path: "/x" } } },
      ["spec.nodeAffinity: Required value: Local volume requires node affinity"],
    ],
    [
      { spec: { ...volume, cinder: { volumeID: "v", secretRef: { name: "s" } } } },
      ["spec.cinder.secretRef.namespace: Required value"],
    ],
    [
      { spec: { ...volume, csi, nodeAffinity: { required: { nodeSelectorTerms: [] } } } },
      ["spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term"],
    ],
    [
      { spec: { ...volume, hostPath: { path: "/x" }, volumeAttributesClassName: "gold" } },
      ["spec.csi: Required value: has to be specified when using volumeAttributesClassName"],
    ],
  ]);
  const placed = (key: string) => ({
    spec: {
      ...volume,
      csi,
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In", values: ["z"] }] }] },
      },
    },
  });
  assert.deepEqual(
    changed(
      "PersistentVolume",
      placed("failure-domain.beta.kubernetes.io/zone"),
      placed("topology.kubernetes.io/zone"),
    ),
    [],
  );
  assert.match(
    changed("PersistentVolume", placed("a"), placed("b"))[0] ?? "",
    /^nodeAffinity: Invalid value: .*field is immutable, except for updating from beta label to GA$/,
  );
  const grown = { spec: { ...volume, csi: { ...csi, controllerExpandSecretRef: { name: "s", namespace: "n" } } } };
  assert.deepEqual(changed("PersistentVolume", { spec: { ...volume, csi } }, grown), []);
});

test("a bound claim may ask for less than it asked for, but not for what it has or less", () => {
  judged("PersistentVolumeClaim", [
    [
      { spec: { ...claim, dataSource: { kind: "VolumeSnapshot", name: "s" } } },
      ["dataSource", "dataSourceRef"].map(
        (field) =>
          `spec.${field}: Invalid value: "VolumeSnapshot": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
      ),
    ],
    [
      { spec: { ...claim, accessModes: ["ReadWriteOnce", "ReadWriteOncePod"] } },
      ["spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"],
    ],
  ]);
  const status = { phase: "Bound", capacity: { storage: "1Gi" } };
  const asking = (storage: string) => ({ spec: { ...claim, resources: { requests: { storage } } }, status });
  assert.deepEqual(changed("PersistentVolumeClaim", asking("3Gi"), asking("2Gi")), []);
  const text = "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity";
  assert.deepEqual(changed("PersistentVolumeClaim", asking("3Gi"), asking("1Gi")), [text]);
});

test("Jobs say what is wrong with their indexes and policies", () => {
  const template = { spec: { containers: [{ name: "c", image: "nginx" }], restartPolicy: "Never" } };
  const job = registry.kinds.find(({ kind, group }) => kind === "Job" && group === "batch");
  assert.ok(job);
  const texts = (spec: Fields) => {
    const metadata = { name: "a", namespace: "default", uid: "u" };
    const draft = { apiVersion: "batch/v1", kind: "Job", metadata, spec: { ...spec, template }, status: {} };
    const object = structuredClone(draft) as unknown as KubeObject;
    job.applyDefaults(object);
    job.prepareForCreate(object);
    return job.validate(object).map(fieldErrorText);
  };
  const indexed = { completionMode: "Indexed", completions: 5 };
  const succeeding = (rule: Fields) => texts({ ...indexed, successPolicy: { rules: [rule] } });
  const failing = (rule: Fields) => texts({ podFailurePolicy: { rules: [rule] } });
  const [success, failure] = ["spec.successPolicy.rules[0]", "spec.podFailurePolicy.rules[0]"];
  assert.deepEqual(succeeding({ succeededIndexes: "0-2", succeededCount: 4 }), [
    `${success}.succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)`,
  ]);
  assert.deepEqual(succeeding({ succeededIndexes: "a" }), [
    `${success}.succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"`,
  ]);
  assert.deepEqual(succeeding({ succeededIndexes: "2,1" }), [
    `${success}.succeededIndexes: Invalid value: "2,1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1`,
  ]);
  assert.deepEqual(failing({ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "Maybe" }] }), [
    `${failure}.onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"`,
  ]);
  assert.deepEqual(failing({ action: "Ignore" }), [
    `${failure}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
  ]);
  assert.deepEqual(texts({ maxFailedIndexes: 1 }), [
    "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
    "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode",
  ]);
  assert.deepEqual(texts({ ...indexed, completions: 100_001, backoffLimitPerIndex: 1 }), [
    "spec.maxFailedIndexes: Required value: must be specified when completions is above 100000",
  ]);
  assert.deepEqual(texts({ managedBy: "me" }), [
    'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
  ]);
});
