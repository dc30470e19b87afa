import { newPods } from "./new_pods.ts";
import type { Row, Table } from "./row.ts";

const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const key =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const ids = "must be between 0 and 2147483647, inclusive";
const ports = "must be between 1 and 65535, inclusive";
const least = "must be greater than or equal to 0";
const ip = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const mode = "must be a number between 0 and 0777 (octal), both inclusive";
const container = "spec.containers.0";
const c = "spec.containers[0]";
const v = "spec.volumes[0]";
const near = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
const volume = (source: object, ...errors: string[]): Row => [
  { "spec.volumes": [{ name: "v", ...source }] },
  ...errors,
];
const env = (valueFrom: object, ...errors: string[]): Row => [
  { [`${container}.env`]: [{ name: "A", valueFrom }] },
  ...errors,
];
const probe = (change: object, ...errors: string[]): Row => [
  { [`${container}.livenessProbe`]: { tcpSocket: { port: 80 }, ...change } },
  ...errors,
];

const containers: readonly Row[] = [
  [{ "spec.containers": [] }, "spec.containers: Required value"],
  [{ [`${container}.name`]: undefined }, `${c}.name: Required value`],
  [{ [`${container}.name`]: "A_b" }, `${c}.name: Invalid value: "A_b": ${label}`],
  [{ [`${container}.name`]: "a.b" }, `${c}.name: Invalid value: "a.b": must not contain dots`],
  [{ "spec.containers.1": { name: "a", image: "b" } }, 'spec.containers[1].name: Duplicate value: "a"'],
  [{ [`${container}.image`]: "" }, `${c}.image: Required value`],
  [{ [`${container}.image`]: " a" }, `${c}.image: Invalid value: " a": must not have leading or trailing whitespace`],
  [
    { [`${container}.imagePullPolicy`]: "Often" },
    `${c}.imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"`,
  ],
  [{ [`${container}.ports`]: [{ containerPort: 0 }] }, `${c}.ports[0].containerPort: Required value`],
  [
    { [`${container}.ports`]: [{ containerPort: 70_000 }] },
    `${c}.ports[0].containerPort: Invalid value: 70000: ${ports}`,
  ],
  [
    { [`${container}.ports`]: [{ containerPort: 1, hostPort: -1 }] },
    `${c}.ports[0].hostPort: Invalid value: -1: ${ports}`,
  ],
  [
    { [`${container}.ports`]: [{ containerPort: 1, protocol: "ICMP" }] },
    `${c}.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`,
  ],
  [
    { [`${container}.ports`]: [{ containerPort: 1, name: "a-name-that-is-too-long" }] },
    `${c}.ports[0].name: Invalid value: "a-name-that-is-too-long": must be no more than 15 bytes`,
  ],
  [
    {
      [`${container}.ports`]: [
        { containerPort: 1, name: "x" },
        { containerPort: 2, name: "x" },
      ],
    },
    `${c}.ports[1].name: Duplicate value: "x"`,
  ],
  [
    { [`${container}.ports`]: [{ containerPort: 80, hostPort: 81 }], "spec.hostNetwork": true },
    `${c}.ports[0].hostPort: Invalid value: 81: must match \`containerPort\` when \`hostNetwork\` is true`,
  ],
  [
    { [`${container}.env`]: [{ name: "A", valueFrom: { fileKeyRef: { path: "a", volumeName: "v", key: "k" } } }] },
    `${c}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or \`secretKeyRef\``,
  ],
  [
    { "spec.initContainers": [{ name: "i", image: "i", lifecycle: { preStop: { exec: { command: ["a"] } } } }] },
    "spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always",
  ],
  [
    { [`${container}.resources`]: { limits: { cpu: "-1" } } },
    `${c}.resources.limits[cpu]: Invalid value: "-1": ${least}`,
    `${c}.resources.requests[cpu]: Invalid value: "-1": ${least}`,
  ],
  [
    { [`${container}.resources`]: { requests: { cpu: "2" }, limits: { cpu: "1" } } },
    `${c}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
  ],
  [
    { [`${container}.volumeMounts`]: [{ name: "none", mountPath: "/a" }] },
    `${c}.volumeMounts[0].name: Not found: "none"`,
  ],
  [
    { "spec.volumes": [{ name: "v", emptyDir: {} }], [`${container}.volumeMounts`]: [{ name: "v", mountPath: "" }] },
    `${c}.volumeMounts[0].mountPath: Required value`,
  ],
  [
    {
      "spec.volumes": [{ name: "v", emptyDir: {} }],
      [`${container}.volumeMounts`]: [{ name: "v", mountPath: "/a", mountPropagation: "Up" }],
    },
    `${c}.volumeMounts.mountPropagation: Unsupported value: "Up": supported values: "Bidirectional", "HostToContainer", "None"`,
  ],
  [
    {
      "spec.volumes": [{ name: "v", emptyDir: {} }],
      [`${container}.volumeMounts`]: [{ name: "v", mountPath: "/a", mountPropagation: "Bidirectional" }],
    },
    `${c}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
  ],
  [
    { [`${container}.volumeDevices`]: [{ name: "none", devicePath: "/a/../b" }] },
    `${c}.volumeDevices[0].name: Not found: "none"`,
    `${c}.volumeDevices[0].devicePath: Invalid value: "/a/../b": can not contain backsteps ('..')`,
  ],
  [
    { [`${container}.securityContext`]: { runAsUser: -1 } },
    `${c}.securityContext.runAsUser: Invalid value: -1: ${ids}`,
  ],
  [
    { [`${container}.securityContext`]: { procMount: "All" } },
    `${c}.securityContext.procMount: Unsupported value: "All": supported values: "Default", "Unmasked"`,
  ],
  [
    { [`${container}.securityContext`]: { seccompProfile: { type: "Localhost" } } },
    `${c}.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost`,
  ],
  [
    { [`${container}.securityContext`]: { seccompProfile: { type: "Strange" } } },
    `${c}.securityContext.seccompProfile.type: Unsupported value: "Strange": supported values: "Localhost", "RuntimeDefault", "Unconfined"`,
  ],
  [
    { [`${container}.securityContext`]: { allowPrivilegeEscalation: false, privileged: true } },
    `${c}.securityContext: Invalid value: {"allowPrivilegeEscalation":false,"privileged":true}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
  ],
];

const environment: readonly Row[] = [
  [{ [`${container}.env`]: [{ name: "" }] }, `${c}.env[0].name: Required value`],
  [
    { [`${container}.env`]: [{ name: "a=b" }] },
    `${c}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
  ],
  env(
    {},
    `${c}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or \`secretKeyRef\``,
  ),
  env({ fieldRef: { fieldPath: "" } }, `${c}.env[0].valueFrom.fieldRef.fieldPath: Required value`),
  env(
    { fieldRef: { fieldPath: "spec.none" } },
    `${c}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.none": error converting fieldPath: field label not supported: spec.none`,
  ),
  env(
    { fieldRef: { fieldPath: "status.phase" } },
    `${c}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`,
  ),
  env({ resourceFieldRef: { resource: "" } }, `${c}.env[0].valueFrom.resourceFieldRef.resource: Required value`),
  env(
    { resourceFieldRef: { resource: "limits.cpu", divisor: "3" } },
    `${c}.env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`,
  ),
  env({ configMapKeyRef: { name: "a", key: "" } }, `${c}.env[0].valueFrom.configMapKeyRef.key: Required value`),
  env(
    { secretKeyRef: { name: "a", key: "b/c" } },
    `${c}.env[0].valueFrom.secretKeyRef.key: Invalid value: "b/c": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
  ),
  [
    { [`${container}.env`]: [{ name: "A", value: "x", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] },
    `${c}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
  ],
  [
    { [`${container}.envFrom`]: [{}] },
    `${c}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``,
  ],
  [{ [`${container}.envFrom`]: [{ configMapRef: {} }] }, `${c}.envFrom[0].configMapRef.name: Required value`],
];

const handlers: readonly Row[] = [
  [{ [`${container}.livenessProbe`]: {} }, `${c}.livenessProbe: Required value: must specify a handler type`],
  [{ [`${container}.livenessProbe`]: { exec: { command: [] } } }, `${c}.livenessProbe.exec.command: Required value`],
  [
    { [`${container}.livenessProbe`]: { exec: { command: ["a"] }, tcpSocket: { port: 1 } } },
    `${c}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
  ],
  [
    { [`${container}.readinessProbe`]: { httpGet: { port: 0, scheme: "FTP" } } },
    `${c}.readinessProbe.httpGet.port: Invalid value: 0: ${ports}`,
    `${c}.readinessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"`,
  ],
  [
    { [`${container}.readinessProbe`]: { httpGet: { port: 1, httpHeaders: [{ name: "a b", value: "" }] } } },
    `${c}.readinessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
  ],
  [{ [`${container}.startupProbe`]: { grpc: { port: 0 } } }, `${c}.startupProbe.grpc.port: Invalid value: 0: ${ports}`],
  probe({ successThreshold: 2 }, `${c}.livenessProbe.successThreshold: Invalid value: 2: must be 1`),
  ...["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"].map((field) =>
    probe({ [field]: -1 }, `${c}.livenessProbe.${field}: Invalid value: -1: ${least}`),
  ),
  probe(
    { terminationGracePeriodSeconds: 0 },
    `${c}.livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`,
  ),
  [
    { [`${container}.readinessProbe`]: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 1 } },
    `${c}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`,
  ],
  [
    { [`${container}.lifecycle`]: { preStop: {} } },
    `${c}.lifecycle.preStop: Required value: must specify a handler type`,
  ],
  [
    { [`${container}.lifecycle`]: { preStop: { sleep: { seconds: -1 } } } },
    `${c}.lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than terminationGracePeriodSeconds (30)`,
  ],
];

const volumes: readonly Row[] = [
  volume(
    { emptyDir: {}, hostPath: { path: "/a" } },
    `${v}.hostPath: Forbidden: may not specify more than 1 volume type`,
  ),
  [{ "spec.volumes": [{ emptyDir: {} }] }, `${v}.name: Required value`],
  [{ "spec.volumes": [{ name: "A", emptyDir: {} }] }, `${v}.name: Invalid value: "A": ${label}`],
  [
    {
      "spec.volumes": [
        { name: "v", emptyDir: {} },
        { name: "v", emptyDir: {} },
      ],
    },
    'spec.volumes[1].name: Duplicate value: "v"',
  ],
  volume(
    { emptyDir: { sizeLimit: "-1" } },
    `${v}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`,
  ),
  volume({ hostPath: { path: "" } }, `${v}.hostPath.path: Required value`),
  volume({ hostPath: { path: "/a/../b" } }, `${v}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`),
  volume(
    { hostPath: { path: "/a", type: "Pipe" } },
    `${v}.hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
  ),
  volume({ secret: {} }, `${v}.secret.secretName: Required value`),
  volume({ secret: { secretName: "s", defaultMode: 512 } }, `${v}.secret.defaultMode: Invalid value: 512: ${mode}`),
  volume({ configMap: {} }, `${v}.configMap.name: Required value`),
  volume(
    { configMap: { name: "c", items: [{ key: "", path: "/a" }] } },
    `${v}.configMap.items[0].key: Required value`,
    `${v}.configMap.items[0].path: Invalid value: "/a": must be a relative path`,
  ),
  volume(
    { configMap: { name: "c", items: [{ key: "a", path: "..a", mode: -1 }] } },
    `${v}.configMap.items[0].path: Invalid value: "..a": must not start with '..'`,
    `${v}.configMap.items[0].mode: Invalid value: -1: ${mode}`,
  ),
  volume(
    { downwardAPI: { items: [{ path: "a" }] } },
    `${v}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`,
  ),
  volume(
    { downwardAPI: { items: [{ path: "a", resourceFieldRef: { resource: "limits.cpu" } }] } },
    `${v}.downwardAPI.resourceFieldRef.containerName: Required value`,
  ),
  volume({ persistentVolumeClaim: { claimName: "" } }, `${v}.persistentVolumeClaim.claimName: Required value`),
  volume(
    { nfs: { server: "", path: "a" } },
    `${v}.nfs.server: Required value`,
    `${v}.nfs.path: Invalid value: "a": must be an absolute path`,
  ),
  volume(
    { csi: { driver: "" } },
    `${v}.csi.driver: Required value`,
    `${v}.csi.driver: Invalid value: "": ${subdomain}`,
  ),
  volume({ ephemeral: {} }, `${v}.ephemeral.volumeClaimTemplate: Required value`),
  volume(
    { projected: { sources: [{ serviceAccountToken: { path: "", expirationSeconds: 60 } }] } },
    `${v}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes`,
    `${v}.projected.path: Required value`,
  ),
];

const details: readonly Row[] = [
  [
    { [`${container}.restartPolicy`]: "Sometimes" },
    'spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    { [`${container}.restartPolicyRules`]: [{ action: "Restart", exitCodes: { operator: "In", values: [42] } }] },
    "spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used",
  ],
  [
    {
      [`${container}.restartPolicy`]: "Never",
      [`${container}.restartPolicyRules`]: [{ action: "Stop" }, { action: "Restart", exitCodes: { operator: "Is" } }],
    },
    'spec.containers[0].restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart"',
    "spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified",
    'spec.containers[0].restartPolicyRules[1].exitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"',
  ],
  [
    { "spec.restartPolicy": "Sometimes" },
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    { "spec.dnsPolicy": "Own" },
    'spec.dnsPolicy: Unsupported value: "Own": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
  ],
  [{ "spec.dnsPolicy": "None" }, "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"],
  [
    { "spec.dnsPolicy": "None", "spec.dnsConfig": { searches: ["a"] } },
    "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None",
  ],
  [{ "spec.dnsConfig": { nameservers: ["x"] } }, `spec.dnsConfig.nameservers[0]: Invalid value: "x": ${ip}`],
  [
    { "spec.dnsConfig": { nameservers: ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"] } },
    'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
  ],
  [{ "spec.dnsConfig": { options: [{ value: "1" }] } }, "spec.dnsConfig.options[0]: Required value: must not be empty"],
  [{ "spec.hostAliases": [{ ip: "a" }] }, `spec.hostAliases[0].ip: Invalid value: "a": ${ip}`],
  [
    { "spec.activeDeadlineSeconds": 0 },
    "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
  ],
  [{ "spec.hostname": "A" }, `spec.hostname: Invalid value: "A": ${label}`],
  [{ "spec.subdomain": "A" }, `spec.subdomain: Invalid value: "A": ${label}`],
  [
    { "spec.shareProcessNamespace": true, "spec.hostPID": true },
    "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled",
  ],
  ...["runAsUser", "runAsGroup", "fsGroup"].map(
    (field): Row => [
      { [`spec.securityContext.${field}`]: -1 },
      `spec.securityContext.${field}: Invalid value: -1: ${ids}`,
    ],
  ),
  [
    { "spec.securityContext.supplementalGroups": [1, -1] },
    `spec.securityContext.supplementalGroups[1]: Invalid value: -1: ${ids}`,
  ],
  [
    { "spec.securityContext.fsGroupChangePolicy": "Maybe" },
    'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Maybe": supported values: "Always", "OnRootMismatch"',
  ],
  [
    {
      "spec.securityContext.sysctls": [
        { name: "a.b", value: "1" },
        { name: "a.b", value: "2" },
      ],
    },
    'spec.securityContext.sysctls[1].name: Duplicate value: "a.b"',
  ],
  [{ "spec.os": { name: "plan9" } }, 'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
  [{ "spec.schedulingGates": [{ name: "a" }, { name: "a" }] }, 'spec.schedulingGates[1]: Duplicate value: "a"'],
  [
    { "spec.readinessGates": [{ conditionType: "a b" }] },
    "spec.readinessGates[0].conditionType: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  [
    { "spec.tolerations": [{ operator: "Equal" }] },
    'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
  ],
  [
    { "spec.topologySpreadConstraints": [{ maxSkew: 0, topologyKey: "a", whenUnsatisfiable: "DoNotSchedule" }] },
    "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
  ],
  [
    {
      "spec.topologySpreadConstraints": [
        { maxSkew: 1, topologyKey: "a", whenUnsatisfiable: "ScheduleAnyway", minDomains: 2 },
      ],
    },
    "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
  ],
  [
    { "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution": [{ topologyKey: "" }] },
    `${near}.topologyKey: Required value: can not be empty`,
    `${near}.topologyKey: Invalid value: "": name part must be non-empty`,
    `${near}.topologyKey: Invalid value: "": ${key}`,
  ],
  [
    { "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution": { nodeSelectorTerms: [] } },
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term",
  ],
];

/** Pods that are wrong. */
export const pods: Table = {
  plural: "pods",
  namespaced: true,
  base: { apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { containers: [{ name: "a", image: "b" }] } },
  rows: [...newPods, ...containers, ...environment, ...handlers, ...volumes, ...details],
};
