import type { Table } from "./row.ts";

const rbac = "rbac.authorization.k8s.io";

const configMaps: Table = {
  plural: "configmaps",
  namespaced: true,
  base: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } },
  rows: [
    [
      { data: { "a b": "" } },
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
    [{ data: { ".": "" } }, "data[.]: Invalid value: \".\": must not be '.'"],
    [{ data: { a: "" }, binaryData: { a: "" } }, 'data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    [{ data: { a: "x".repeat(1_048_577) } }, "[]: Too long: may not be more than 1048576 bytes"],
  ],
};

const secrets: Table = {
  plural: "secrets",
  namespaced: true,
  base: { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } },
  rows: [
    [{ type: "kubernetes.io/tls" }, "data[tls.crt]: Required value", "data[tls.key]: Required value"],
    [{ type: "kubernetes.io/dockerconfigjson" }, "data[.dockerconfigjson]: Required value"],
    [{ type: "kubernetes.io/dockercfg" }, "data[.dockercfg]: Required value"],
    [{ type: "kubernetes.io/ssh-auth" }, "data[ssh-privatekey]: Required value"],
    [{ type: "kubernetes.io/basic-auth" }, "data[username]: Required value", "data[password]: Required value"],
  ],
};

const roles: Table = {
  plural: "roles",
  namespaced: true,
  base: { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name: "x" }, rules: [] },
  rows: [
    [
      { rules: [{ verbs: [], apiGroups: [""], resources: ["pods"] }] },
      "rules[0].verbs: Required value: verbs must contain at least one value",
    ],
    [
      { rules: [{ verbs: ["get"], resources: ["pods"] }] },
      "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
    ],
    [
      { rules: [{ verbs: ["get"], apiGroups: [""] }] },
      "rules[0].resources: Required value: resource rules must supply at least one resource",
    ],
    [
      { rules: [{ verbs: ["get"], nonResourceURLs: ["/a"] }] },
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs',
    ],
  ],
};

const clusterRoles: Table = {
  plural: "clusterroles",
  namespaced: false,
  base: { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "x" }, rules: [] },
  rows: [
    [
      { aggregationRule: {} },
      "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil",
    ],
  ],
};

const bindings: Table = {
  plural: "rolebindings",
  namespaced: true,
  base: {
    ...{ apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata: { name: "x" } },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "view" },
  },
  rows: [
    [{ "roleRef.kind": "User" }, 'roleRef.kind: Unsupported value: "User": supported values: "Role", "ClusterRole"'],
    [{ "roleRef.name": "" }, "roleRef.name: Required value"],
    [{ subjects: [{ kind: "User", name: "" }] }, "subjects[0].name: Required value"],
    [
      { subjects: [{ kind: "Robot", name: "a" }] },
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
  ],
};

const priorityClasses: Table = {
  plural: "priorityclasses",
  namespaced: false,
  base: { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "x" }, value: 1 },
  rows: [
    [{ value: 1_000_000_001 }, "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    [
      { preemptionPolicy: "Maybe" },
      'preemptionPolicy: Unsupported value: "Maybe": supported values: "PreemptLowerPriority", "Never"',
    ],
  ],
};

const limitRanges: Table = {
  plural: "limitranges",
  namespaced: true,
  base: { apiVersion: "v1", kind: "LimitRange", metadata: { name: "x" }, spec: { limits: [] } },
  rows: [
    [
      { "spec.limits": [{ type: "Container", min: { cpu: "2" }, max: { cpu: "1" } }] },
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
    [
      { "spec.limits": [{ type: "Pod", default: { cpu: "1" } }] },
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
    ],
  ],
};

const quotas: Table = {
  plural: "resourcequotas",
  namespaced: true,
  base: { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "x" }, spec: {} },
  rows: [
    [{ "spec.scopes": ["Some"] }, 'spec.scopes: Invalid value: ["Some"]: unsupported scope'],
    [{ "spec.hard": { pods: "-1" } }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
};

const leases: Table = {
  plural: "leases",
  namespaced: true,
  base: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "x" }, spec: {} },
  rows: [
    [{ "spec.leaseDurationSeconds": 0 }, "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
    [{ "spec.leaseTransitions": -1 }, "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"],
  ],
};

const flowSchemas: Table = {
  plural: "flowschemas",
  namespaced: false,
  base: {
    ...{ apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind: "FlowSchema", metadata: { name: "x" } },
    spec: { priorityLevelConfiguration: { name: "p" }, rules: [] },
  },
  rows: [
    [
      { "spec.priorityLevelConfiguration.name": "" },
      "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
    ],
    [
      { "spec.matchingPrecedence": 10_001 },
      "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000",
    ],
    [
      { "spec.rules": [{ subjects: [] }] },
      "spec.rules[0].subjects: Required value: subjects must contain at least one value",
      "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
    ],
    [
      {
        "spec.rules": [
          { subjects: [{ kind: "User" }], nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/a"] }] },
        ],
      },
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
    ],
  ],
};

const levels: Table = {
  plural: "prioritylevelconfigurations",
  namespaced: false,
  base: {
    ...{ apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind: "PriorityLevelConfiguration", metadata: { name: "x" } },
    spec: { type: "Limited", limited: { limitResponse: { type: "Reject" } } },
  },
  rows: [
    [{ "spec.type": "Odd" }, 'spec.type: Unsupported value: "Odd": supported values: "Exempt", "Limited"'],
    [{ "spec.limited": undefined }, "spec.limited: Required value: must not be empty when type is Limited"],
    [
      { "spec.limited.lendablePercent": 101 },
      "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
    ],
    [
      { "spec.limited.limitResponse": { type: "Queue", queuing: { queues: 1, handSize: 2, queueLengthLimit: 1 } } },
      "spec.limited.limitResponse.queuing.handSize: Invalid value: 2: should not be greater than queues (1)",
    ],
  ],
};

const nodes: Table = {
  plural: "nodes",
  namespaced: false,
  base: { apiVersion: "v1", kind: "Node", metadata: { name: "x" } },
  rows: [
    [
      { "spec.taints": [{ key: "a", effect: "Never" }] },
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      { "spec.podCIDRs": ["10.1.0.0/24", "10.2.0.0/24"] },
      'spec.podCIDRs: Invalid value: ["10.1.0.0/24","10.2.0.0/24"]: may specify no more than one CIDR for each IP family',
    ],
  ],
};

const requests: Table = {
  plural: "certificatesigningrequests",
  namespaced: false,
  base: {
    ...{ apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: "x" } },
    spec: { request: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0=", signerName: "a.b/c", usages: ["client auth"] },
  },
  rows: [
    [
      { "spec.usages": [], "spec.signerName": "kubernetes.io/legacy-unknown", "spec.expirationSeconds": 1 },
      "spec.usages: Required value",
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      "spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 600 seconds (10 minutes)",
    ],
    [
      { "spec.usages": ["signing", "signing"], "spec.signerName": "a/b" },
      'spec.usages[1]: Duplicate value: "signing"',
      'spec.signerName: Invalid value: "a": should be a domain with at least two segments separated by dots',
    ],
  ],
};

const runtimes: Table = {
  plural: "runtimeclasses",
  namespaced: false,
  base: { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", metadata: { name: "x" }, handler: "h" },
  rows: [
    [{ handler: "h.h" }, 'handler: Invalid value: "h.h": must not contain dots'],
    [
      { overhead: { podFixed: { cpu: "-1" } } },
      'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      {
        scheduling: {
          tolerations: [
            { key: "a", operator: "Exists" },
            { key: "a", operator: "Exists" },
          ],
        },
      },
      'scheduling.tolerations[1]: Duplicate value: {"key":"a","operator":"Exists"}',
    ],
  ],
};

/** Other objects that are wrong. */
export const others: readonly Table[] = [
  requests,
  runtimes,
  ...[configMaps, secrets, roles, clusterRoles, bindings, priorityClasses, limitRanges, quotas, leases],
  ...[flowSchemas, levels, nodes],
];
