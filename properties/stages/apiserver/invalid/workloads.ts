import type { Row, Table } from "./row.ts";

const least = "must be greater than or equal to 0";
const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "a", image: "b" }] } };
const jobTemplate = { spec: { ...template.spec, restartPolicy: "Never" } };
const selector = { matchLabels: { a: "b" } };
const negative = (...fields: string[]): Row[] =>
  fields.map((field) => [{ [field]: -1 }, `${field}: Invalid value: -1: ${least}`]);
const always = 'supported values: "Always"';
const percent =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

function workload(plural: string, kind: string, { spec, rows }: { spec: object; rows: readonly Row[] }): Table {
  const base = { apiVersion: "apps/v1", kind, metadata: { name: "x" }, spec: { selector, template, ...spec } };
  const restart = "spec.template.spec.restartPolicy";
  return {
    ...{ plural, namespaced: true, base },
    rows: [
      [{ "spec.template.spec.restartPolicy": "Never" }, `${restart}: Unsupported value: "Never": ${always}`],
      [
        { "spec.template.metadata.labels": { a: "c" } },
        'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      ],
      ...rows,
    ],
  };
}

const deployments = workload("deployments", "Deployment", {
  spec: {},
  rows: [
    ...negative("spec.replicas", "spec.minReadySeconds", "spec.revisionHistoryLimit"),
    [{ "spec.selector": {} }, "spec.selector: Invalid value: {}: empty selector is invalid for deployment"],
    [
      { "spec.strategy": { type: "Slow" } },
      'spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
    [
      { "spec.selector": { matchExpressions: [{ key: "a", operator: "Has" }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Has": not a valid selector operator',
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Has"}]}: invalid label selector',
    ],
    [
      { "spec.template": {} },
      "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
      "spec.template.spec.containers: Required value",
    ],
    [
      { "spec.strategy": { rollingUpdate: { maxSurge: 0, maxUnavailable: "x" } } },
      `spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "x": ${percent}`,
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "x": may not be 0 when `maxSurge` is 0',
    ],
    [
      { "spec.strategy": { type: "Recreate", rollingUpdate: { maxSurge: 1 } } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { "spec.strategy": { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
    ],
    [
      { "spec.strategy": { rollingUpdate: { maxSurge: "x" } } },
      `spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": ${percent}`,
    ],
    [
      { "spec.progressDeadlineSeconds": 5, "spec.minReadySeconds": 6 },
      "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds",
    ],
    [{ "spec.template.spec.containers": [] }, "spec.template.spec.containers: Required value"],
    [{ "spec.template.spec.containers.0.image": "" }, "spec.template.spec.containers[0].image: Required value"],
    [
      { "spec.template.spec.activeDeadlineSeconds": 5 },
      "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
    ],
  ],
});

const replicaSets = workload("replicasets", "ReplicaSet", {
  spec: {},
  rows: negative("spec.replicas", "spec.minReadySeconds"),
});

const daemonSets = workload("daemonsets", "DaemonSet", {
  spec: {},
  rows: [
    ...negative("spec.minReadySeconds", "spec.revisionHistoryLimit"),
    [
      { "spec.updateStrategy": { type: "X" } },
      'spec.updateStrategy: Unsupported value: {"Type":"X","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ],
    [
      { "spec.updateStrategy": { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
      "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero",
    ],
    [
      { "spec.updateStrategy": { rollingUpdate: { maxUnavailable: 0 } } },
      "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
    ],
    [
      { "spec.updateStrategy": { rollingUpdate: { maxUnavailable: 0, maxSurge: "101%" } } },
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "101%": must not be greater than 100%',
    ],
    [
      { "spec.selector": undefined },
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
    ],
    [{ "spec.selector": {} }, "spec.selector: Invalid value: {}: empty selector is invalid for daemonset"],
  ],
});

const statefulSets = workload("statefulsets", "StatefulSet", {
  spec: { serviceName: "s" },
  rows: [
    ...negative("spec.replicas", "spec.minReadySeconds", "spec.ordinals.start"),
    [
      { "spec.podManagementPolicy": "All" },
      "spec.podManagementPolicy: Invalid value: \"All\": must be 'OrderedReady' or 'Parallel'",
    ],
    [
      { "spec.updateStrategy": { type: "OnDelete", rollingUpdate: { partition: 1 } } },
      'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
    ],
    [
      { "spec.persistentVolumeClaimRetentionPolicy": { whenDeleted: "Keep" } },
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
    ],
    [{ "metadata.name": "x.y" }, 'metadata.name: Invalid value: "x.y": must not contain dots'],
    [{ "spec.serviceName": "s.t" }, 'spec.serviceName: Invalid value: "s.t": must not contain dots'],
    [
      { "spec.updateStrategy": { type: "Slow" } },
      'spec.updateStrategy: Invalid value: {"Type":"Slow","RollingUpdate":null}: must be \'RollingUpdate\' or \'OnDelete\'',
    ],
    [{ "spec.template.spec.containers.0.image": "" }, "spec.template.spec.containers[0].image: Required value"],
    [
      {
        "spec.template.spec.containers.0.volumeMounts": [
          { name: "d", mountPath: "/d" },
          { name: "e", mountPath: "/e" },
        ],
        "spec.volumeClaimTemplates": [{ metadata: { name: "d" }, spec: {} }],
      },
      'spec.template.spec.containers[0].volumeMounts[1].name: Not found: "e"',
    ],
  ],
});

const jobs: Table = {
  plural: "jobs",
  namespaced: true,
  base: { apiVersion: "batch/v1", kind: "Job", metadata: { name: "x" }, spec: { template: jobTemplate } },
  rows: [
    ...negative(
      ...["spec.parallelism", "spec.completions", "spec.activeDeadlineSeconds", "spec.backoffLimit"],
      "spec.ttlSecondsAfterFinished",
    ),
    [
      { "spec.template.spec.restartPolicy": "Always" },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { "spec.completionMode": "Indexed", "spec.parallelism": 2 },
      "spec.completions: Required value: when completion mode is Indexed",
    ],
    [
      { "spec.backoffLimitPerIndex": 1 },
      "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
    ],
    [
      { "spec.podReplacementPolicy": "Never" },
      'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
    ],
    [
      { "spec.managedBy": "me" },
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  ],
};

const cronJobs: Table = {
  plural: "cronjobs",
  namespaced: true,
  base: {
    ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "x" } },
    spec: { schedule: "* * * * *", jobTemplate: { spec: { template: jobTemplate } } },
  },
  rows: [
    [{ "spec.schedule": "" }, "spec.schedule: Required value"],
    [
      { "metadata.name": "x".repeat(53) },
      `metadata.name: Invalid value: "${"x".repeat(53)}": must be no more than 52 characters`,
    ],
    [
      { "spec.startingDeadlineSeconds": -1, "spec.timeZone": "" },
      `spec.startingDeadlineSeconds: Invalid value: -1: ${least}`,
      'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string',
    ],
    [
      { "spec.jobTemplate": {} },
      "spec.jobTemplate.spec.template.spec.containers: Required value",
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [{ "spec.startingDeadlineSeconds": -1 }, `spec.startingDeadlineSeconds: Invalid value: -1: ${least}`],
    [
      { "spec.concurrencyPolicy": "Maybe" },
      'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"',
    ],
    [{ "spec.successfulJobsHistoryLimit": -1 }, `spec.successfulJobsHistoryLimit: Invalid value: -1: ${least}`],
    [
      { "spec.jobTemplate.spec.template.spec.restartPolicy": "Always" },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ],
};

const controllers: Table = {
  plural: "replicationcontrollers",
  namespaced: true,
  base: {
    ...{ apiVersion: "v1", kind: "ReplicationController", metadata: { name: "x" } },
    spec: { selector: { a: "b" }, template },
  },
  rows: [
    ...negative("spec.replicas", "spec.minReadySeconds"),
    [
      { "spec.template.spec.restartPolicy": "Never" },
      `spec.template.spec.restartPolicy: Unsupported value: "Never": ${always}`,
    ],
  ],
};

const mood =
  'spec.metrics[0].type: Unsupported value: "Mood": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"';
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const autoscalers: Table = {
  plural: "horizontalpodautoscalers",
  namespaced: true,
  base: {
    ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name: "x" } },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" } },
  },
  rows: [
    [{ "spec.minReplicas": 4 }, "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"],
    [{ "spec.scaleTargetRef.kind": "" }, "spec.scaleTargetRef.kind: Required value"],
    [{ "spec.scaleTargetRef.name": "" }, "spec.scaleTargetRef.name: Required value"],
    [
      { "spec.metrics": [{ type: "Resource" }] },
      "spec.metrics[0].resource: Required value: must populate information for the given metric source",
    ],
    [{ "spec.metrics": [{ type: "Mood" }] }, mood, mood],
    [{ "spec.scaleTargetRef.name": "a/b" }, "spec.scaleTargetRef.name: Invalid value: \"a/b\": may not contain '/'"],
    [
      { "spec.metrics": [{ type: "Pods", pods: { metric: { name: "a%" }, target: { type: "Value", value: "0" } } }] },
      "spec.metrics[0].pods.metric.name: Invalid value: \"a%\": may not contain '%'",
      'spec.metrics[0].pods.target.value: Invalid value: "0": must be positive',
      "spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue",
    ],
    [
      {
        "spec.metrics": [
          { type: "External", external: { metric: { name: "a" }, target: { type: "Value" } } },
          {
            type: "ContainerResource",
            containerResource: { name: "mood", container: "A", target: { averageValue: "1", averageUtilization: 1 } },
          },
        ],
      },
      "spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target",
      'spec.metrics[1].containerResource.name: Invalid value: "mood": must be a standard resource type or fully qualified',
      'spec.metrics[1].containerResource.name: Invalid value: "mood": must be a standard resource for containers',
      `spec.metrics[1].containerResource.container: Invalid value: "A": ${label}`,
      "spec.metrics[1].containerResource.target.type: Required value: must specify a metric target type",
      'spec.metrics[1].containerResource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      "spec.metrics[1].containerResource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization",
    ],
    [
      { "spec.metrics": [{ type: "Object", resource: { name: "cpu", target: { type: "Utilization" } } }] },
      "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
      "spec.metrics[0].object: Required value: must populate information for the given metric source",
    ],
    [
      { "spec.behavior": { scaleDown: { stabilizationWindowSeconds: -1 } } },
      "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero",
    ],
  ],
};

const budgets: Table = {
  plural: "poddisruptionbudgets",
  namespaced: true,
  base: { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "x" }, spec: { minAvailable: 1 } },
  rows: [
    ...negative("spec.minAvailable"),
    [{ "spec.minAvailable": "x" }, `spec.minAvailable: Invalid value: "x": ${percent}`],
    [{ "spec.minAvailable": "101%" }, 'spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
    [
      { "spec.maxUnavailable": 1 },
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
    [
      { "spec.unhealthyPodEvictionPolicy": "Never" },
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
};

/** Workloads that are wrong. */
export const workloads: readonly Table[] = [
  ...[deployments, replicaSets, daemonSets, statefulSets, jobs, cronJobs, controllers, autoscalers, budgets],
];
