import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { KindDefinition } from "../kind.ts";
import { registry } from "../registry.ts";
import type { Fields, KubeObject } from "../types.ts";

function kindOf(name: string): KindDefinition {
  const kind = registry.kinds.find((each) => each.kind === name && each.version !== "v1beta1");
  assert.ok(kind, name);
  return kind;
}

/** An object as it is after a create has prepared it. */
function prepared(name: string, fields: Fields): KubeObject & Fields {
  const kind = kindOf(name);
  const metadata = {
    name: "a",
    uid: "u",
    ...(kind.namespaced ? { namespace: "default" } : {}),
    ...(fields.metadata as object),
  };
  const draft = { apiVersion: "v1", kind: name, status: {}, ...structuredClone(fields), metadata } as KubeObject &
    Fields;
  kind.applyDefaults(draft);
  kind.prepareForCreate(draft);
  return draft;
}

const errorsOf = (name: string, fields: Fields): string[] =>
  kindOf(name).validate(prepared(name, fields)).map(fieldErrorText);

/** What an update that changes fields of the spec is told. */
function updateErrors(name: string, fields: Fields, change: (object: Fields) => void): string[] {
  const old = prepared(name, fields);
  const draft = structuredClone(old);
  change(draft);
  kindOf(name).prepareForUpdate(draft, old);
  return kindOf(name).validateUpdate(draft, old).map(fieldErrorText);
}

const labels = { app: "a" };
const pod = { containers: [{ name: "c", image: "nginx" }] };
const template = { metadata: { labels }, spec: pod };
const workload = { spec: { selector: { matchLabels: labels }, template } };
const updatedBy = (rollingUpdate: object) => ({
  spec: { ...workload.spec, updateStrategy: { type: "RollingUpdate", rollingUpdate } },
});
const job = { spec: { template: { spec: { ...pod, restartPolicy: "Never" } } } };

test("kinds of workloads fill in what Kubernetes fills in", () => {
  const statefulSet = prepared("StatefulSet", workload).spec as Fields;
  assert.deepEqual(
    [statefulSet.replicas, statefulSet.podManagementPolicy, statefulSet.updateStrategy],
    [1, "OrderedReady", { type: "RollingUpdate", rollingUpdate: { partition: 0 } }],
  );
  const daemonSet = prepared("DaemonSet", workload);
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
  assert.deepEqual((daemonSet.spec as Fields).updateStrategy, strategy);
  assert.equal(daemonSet.metadata.annotations?.["deprecated.daemonset.template.generation"], "1");
  const made = prepared("Job", job);
  const { template: own, ...rest } = made.spec as { template: { metadata: { labels: object } } } & Fields;
  assert.deepEqual(rest, {
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: "TerminatingOrFailed",
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
  });
  assert.deepEqual(own.metadata.labels, {
    "controller-uid": "u",
    "job-name": "a",
    "batch.kubernetes.io/controller-uid": "u",
    "batch.kubernetes.io/job-name": "a",
  });
  const counts = (prepared("ReplicationController", { spec: { template } }).spec as Fields).selector;
  assert.deepEqual(counts, labels);
});

test("a DaemonSet counts its templates in an annotation", () => {
  const kind = kindOf("DaemonSet");
  const old = prepared("DaemonSet", workload);
  const draft = structuredClone(old);
  ((draft.spec as Fields).template as { spec: { containers: Fields[] } }).spec.containers[0] = {
    name: "c",
    image: "b",
  };
  kind.prepareForUpdate(draft, old);
  assert.equal(draft.metadata.annotations?.["deprecated.daemonset.template.generation"], "2");
  assert.equal(draft.metadata.generation, 2);
});

const wrongs: readonly (readonly [name: string, fields: Fields, text: RegExp])[] = [
  ["StatefulSet", { spec: { template, selector: {} } }, /empty selector is invalid for statefulset/],
  ["StatefulSet", { spec: { ...workload.spec, podManagementPolicy: "X" } }, /must be 'OrderedReady' or 'Parallel'/],
  [
    "StatefulSet",
    updatedBy({ maxUnavailable: "0%" }),
    /rollingUpdate.maxUnavailable: Invalid value: "0%": cannot be 0/,
  ],
  ["StatefulSet", updatedBy({ maxUnavailable: "101%" }), /maxUnavailable: .* must not be greater than 100%/],
  ["DaemonSet", { spec: { template } }, /`selector` does not match template `labels`$/],
  [
    "DaemonSet",
    { spec: { ...workload.spec, updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } },
    /maxUnavailable: Required value: cannot be 0 when maxSurge is 0/,
  ],
  ["Job", { spec: { template: { spec: pod } } }, /restartPolicy: Required value: valid values: "OnFailure", "Never"/],
  ["Job", { spec: { ...job.spec, completionMode: "Indexed", parallelism: 1 } }, /spec\.completions: Required value/],
  ["Job", { spec: { ...job.spec, backoffLimit: -1 } }, /must be greater than or equal to 0/],
  ["CronJob", { spec: { schedule: "* * *", jobTemplate: job } }, /expected exactly 5 fields, found 3/],
  ["CronJob", { spec: { schedule: "@daily", jobTemplate: job, timeZone: "Mars/X" } }, /unknown time zone Mars\/X/],
  [
    "CronJob",
    { metadata: { name: "a".repeat(53) }, spec: { schedule: "@daily", jobTemplate: job } },
    /no more than 52/,
  ],
  ["HorizontalPodAutoscaler", { spec: { scaleTargetRef: { kind: "D", name: "a" }, maxReplicas: 0 } }, /greater than 0/],
  [
    "HorizontalPodAutoscaler",
    { spec: { scaleTargetRef: { kind: "D", name: "a" }, maxReplicas: 1, behavior: { scaleUp: { tolerance: "-1" } } } },
    /behavior.scaleUp.tolerance: Invalid value: "-1": must be greater than or equal to 0/,
  ],
  ["PodDisruptionBudget", { spec: { minAvailable: 1, maxUnavailable: 1 } }, /cannot be both set/],
  ["NetworkPolicy", { spec: { podSelector: {}, ingress: [{ from: [{}] }] } }, /must specify a peer/],
  [
    "NetworkPolicy",
    { spec: { podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: "1.2.3.4/33" } }] }] } },
    /valid CIDR/,
  ],
  ["Ingress", { spec: {} }, /either `defaultBackend` or `rules` must be specified/],
  [
    "Ingress",
    {
      spec: { rules: [{ http: { paths: [{ path: "/", backend: { service: { name: "a", port: { number: 1 } } } }] } }] },
    },
    /pathType must be specified/,
  ],
  ["Role", { rules: [{ apiGroups: [""], resources: ["pods"], verbs: [] }] }, /verbs must contain at least one value/],
  ["Role", { rules: [{ nonResourceURLs: ["/x"], verbs: ["get"] }] }, /namespaced rules cannot apply/],
  ["RoleBinding", { roleRef: { kind: "Pod", name: "a" } }, /roleRef\.kind: Unsupported value: "Pod"/],
  [
    "ClusterRoleBinding",
    { roleRef: { kind: "ClusterRole", name: "a" }, subjects: [{ kind: "ServiceAccount", name: "a" }] },
    /subjects\[0\]\.namespace: Required value/,
  ],
  ["PriorityClass", { value: 2_000_000_000 }, /maximum allowed value of a user defined priority is 1000000000/],
  ["PriorityClass", { metadata: { name: "system-mine" }, value: 1 }, /prefix are reserved for system use only/],
  ["PersistentVolumeClaim", { spec: { accessModes: ["ReadWriteOnce"] } }, /spec\.resources\[storage\]: Required value/],
  ["PersistentVolumeClaim", { spec: { accessModes: [] } }, /at least 1 access mode is required/],
  ["PersistentVolume", { spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" } } }, /a volume type/],
  ["StorageClass", {}, /^provisioner: Required value$/],
  [
    "LimitRange",
    { spec: { limits: [{ type: "Container", min: { cpu: "2" }, max: { cpu: "1" } }] } },
    /min value 2 is greater than max value 1/,
  ],
  ["ResourceQuota", { spec: { hard: {}, scopes: ["Mine"] } }, /unsupported scope/],
  ["ValidatingWebhookConfiguration", { webhooks: [{ name: "a" }] }, /three segments separated by dots/],
  [
    "ValidatingAdmissionPolicyBinding",
    { spec: { policyName: "a", validationActions: ["Deny", "Warn"] } },
    /must not contain both Deny and Warn/,
  ],
  ["APIService", { spec: { group: "b", version: "v1", groupPriorityMinimum: 1, versionPriority: 1 } }, /"v1\.b"/],
  ["IPAddress", { metadata: { name: "10.0.0.1" }, spec: {} }, /spec\.parentRef: Required value/],
  ["ServiceCIDR", { spec: { cidrs: ["x"] } }, /must be a valid CIDR value/],
];

for (const [name, fields, text] of wrongs) {
  test(`a ${name} is refused: ${text.source}`, () => {
    assert.ok(
      errorsOf(name, fields).some((each) => text.test(each)),
      JSON.stringify(errorsOf(name, fields)),
    );
  });
}

test("what may not change of workloads and bindings is refused in Kubernetes' words", () => {
  const changed = updateErrors("StatefulSet", workload, ({ spec }) =>
    Object.assign(spec as Fields, { serviceName: "x" }),
  );
  assert.match(changed[0] ?? "", /^spec: Forbidden: updates to statefulset spec for fields other than 'replicas'/);
  assert.deepEqual(
    updateErrors("StatefulSet", workload, ({ spec }) => Object.assign(spec as Fields, { replicas: 3 })),
    [],
  );
  assert.match(
    updateErrors("Job", job, ({ spec }) => Object.assign(spec as Fields, { completions: 3 }))[0] ?? "",
    /spec\.completions: Invalid value: 3: field is immutable/,
  );
  const binding = { roleRef: { kind: "ClusterRole", name: "a" } };
  const other = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "b" };
  assert.match(
    updateErrors("RoleBinding", binding, (draft) => Object.assign(draft, { roleRef: other }))[0] ?? "",
    /cannot change roleRef/,
  );
  // Of an account that names no namespace it is the binding's.
  const local = { ...binding, subjects: [{ kind: "ServiceAccount", name: "a" }] };
  assert.deepEqual(
    updateErrors("RoleBinding", local, () => {}),
    [],
  );
  const claim = { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };
  const grown = updateErrors("PersistentVolumeClaim", claim, ({ spec }) =>
    Object.assign(spec as Fields, { resources: { requests: { storage: "2Gi" } } }),
  );
  assert.match(grown[0] ?? "", /spec is immutable after creation except resources\.requests/);
});

test("an autoscaler of the first version is stored as the second and comes back as it was", () => {
  const v1 = registry.byKind({ group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler" });
  assert.ok(v1);
  const spec = { scaleTargetRef: { kind: "Deployment", name: "a" }, minReplicas: 1, maxReplicas: 3 };
  const object = {
    apiVersion: "autoscaling/v1",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "a", namespace: "default" },
    spec: { ...spec, targetCPUUtilizationPercentage: 50 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
  const stored = v1.toStorage(object) as KubeObject & { spec: Fields };
  assert.equal(stored.apiVersion, "autoscaling/v2");
  const target = { type: "Utilization", averageUtilization: 50 };
  assert.deepEqual(stored.spec.metrics, [{ type: "Resource", resource: { name: "cpu", target } }]);
  assert.deepEqual((v1.fromStorage(stored) as typeof object).spec, object.spec);
});

test("an autoscaler of the first version notes other metrics in the flat form that it has for them", () => {
  const v1 = registry.byKind({ group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler" });
  const target = { kind: "Ingress", name: "i", apiVersion: "networking.k8s.io/v1" };
  const notes = [
    { type: "Resource", resource: { name: "memory", targetAverageUtilization: 80 } },
    { type: "ContainerResource", containerResource: { name: "cpu", targetAverageValue: "1", container: "c" } },
    { type: "Pods", pods: { metricName: "p", targetAverageValue: "5" } },
    { type: "Object", object: { target, metricName: "o", targetValue: "2k" } },
    {
      type: "External",
      external: { metricName: "e", metricSelector: { matchLabels: { a: "b" } }, targetAverageValue: "30" },
    },
  ];
  const name = "autoscaling.alpha.kubernetes.io/metrics";
  const object = {
    ...{ apiVersion: "autoscaling/v1", kind: "HorizontalPodAutoscaler" },
    metadata: { name: "a", namespace: "default", annotations: { [name]: JSON.stringify(notes) } },
    spec: { scaleTargetRef: { kind: "Deployment", name: "a" }, maxReplicas: 3 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
  const stored = v1?.toStorage(object) as KubeObject & { spec: Fields };
  const metric = (name: string, more: object = {}) => ({ name, ...more });
  const average = (averageValue: string) => ({ type: "AverageValue", averageValue });
  assert.deepEqual(stored.spec.metrics, [
    { type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
    { type: "ContainerResource", containerResource: { name: "cpu", container: "c", target: average("1") } },
    { type: "Pods", pods: { metric: metric("p"), target: average("5") } },
    {
      type: "Object",
      object: { describedObject: target, metric: metric("o"), target: { type: "Value", value: "2k" } },
    },
    {
      type: "External",
      external: { metric: metric("e", { selector: { matchLabels: { a: "b" } } }), target: average("30") },
    },
  ]);
  assert.deepEqual(JSON.parse(v1?.fromStorage(stored).metadata.annotations?.[name] ?? ""), notes);
});

test("a webhook of a Service has no path, or one whose steps are like names of domains", () => {
  const told = (path: string) =>
    errorsOf("ValidatingWebhookConfiguration", {
      webhooks: [
        {
          ...{ name: "a.b.example", sideEffects: "None", admissionReviewVersions: ["v1"] },
          clientConfig: { service: { namespace: "a", name: "b", path } },
        },
      ],
    }).map((error) => error.replace("webhooks[0].clientConfig.service.path: ", ""));
  for (const fine of ["", "/", "/a", "/a/b.c/"]) assert.deepEqual(told(fine), []);
  assert.deepEqual(told("//"), ['Invalid value: "//": segment[0] may not be empty']);
  assert.deepEqual(told("/a//b"), ['Invalid value: "/a//b": segment[1] may not be empty']);
  assert.match(told("a")[0] ?? "", /"a": must start with a '\/'$/);
  assert.match(told("/A")[0] ?? "", /"\/A": segment\[0\]: a lowercase RFC 1123 subdomain must consist of /);
});

test("a rule may name all resources beside parts of them, as Gatekeeper's does, and what another means already not at all", () => {
  const told = (...resources: string[]) => {
    const rule = { apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE"], resources };
    const webhook = {
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      clientConfig: { url: "https://a.example" },
    };
    return errorsOf("ValidatingWebhookConfiguration", {
      webhooks: [{ name: "a.b.example", ...webhook, rules: [rule] }],
    });
  };
  const at = "webhooks[0].rules[0].resources";
  assert.deepEqual(told("*", "pods/exec", "deployments/scale", "services/status"), []);
  assert.deepEqual(told("pods/*", "*/scale"), []);
  assert.match(
    told("*", "pods")[0] ?? "",
    /: if '\*' is present, must not specify other resources without subresources$/,
  );
  assert.match(told("*/*", "pods/exec")[0] ?? "", /: if '\*\/\*' is present, must not specify other resources$/);
  assert.deepEqual(told("pods/*", "pods/exec"), [
    `${at}[1]: Invalid value: "pods/exec": if 'pods/*' is present, must not specify pods/exec`,
  ]);
  assert.deepEqual(told("*/scale", "pods/scale"), [
    `${at}[1]: Invalid value: "pods/scale": if '*/scale' is present, must not specify pods/scale`,
  ]);
  assert.deepEqual(told(""), [`${at}[0]: Required value`]);
});

test("a write of the status leaves the metadata of those kinds that hold it to that", () => {
  const spec = { devices: {}, source: {}, matchConstraints: {} };
  const held = ["VolumeAttachment", "APIService", "ValidatingAdmissionPolicy", "FlowSchema", "ResourceClaim"];
  const after = (name: string) => {
    const old = prepared(name, { spec, metadata: { labels: { a: "b" }, finalizers: ["c.d/e"] } });
    const draft = structuredClone(old);
    Object.assign(draft.metadata, { labels: { x: "y" }, annotations: { z: "z" }, finalizers: [] });
    kindOf(name).prepareForStatusUpdate(draft, old, 0);
    const { labels, annotations, finalizers } = draft.metadata;
    return [labels, annotations, finalizers];
  };
  for (const name of [...held, "PriorityLevelConfiguration"]) {
    assert.deepEqual(after(name), [{ a: "b" }, undefined, ["c.d/e"]], name);
  }
  // Others let it through, as they do in Kubernetes.
  assert.deepEqual(after("CronJob"), [{ x: "y" }, { z: "z" }, []]);
});
