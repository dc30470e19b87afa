import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import { podRules } from "../kinds/pod.ts";
import type { Fields, Pod, PodSpec } from "../types.ts";
import { validatePodSpec } from "./pod_spec.ts";

type Written = Readonly<Record<string, unknown>>;

function madePod(spec: Written, metadata: Written = {}): Pod {
  const pod = {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "default", ...metadata } },
    spec: { containers: [{ name: "c", image: "nginx" }], ...spec },
    status: {},
  } as unknown as Pod;
  podRules.applyDefaults(pod);
  podRules.prepareForCreate(pod);
  return pod;
}

const wrongWith = (spec: Written, metadata?: Written) => podRules.validate(madePod(spec, metadata)).map(fieldErrorText);

function judged(cases: readonly (readonly [spec: Written, texts: readonly string[], metadata?: Written])[]): void {
  for (const [spec, texts, metadata] of cases) assert.deepEqual(wrongWith(spec, metadata), texts, JSON.stringify(spec));
}

const volume = (source: Written, name = "v") => ({ volumes: [{ name, ...source }] });
const container = (fields: Written, more: Written = {}) => ({
  containers: [{ name: "c", image: "nginx", ...fields }],
  ...more,
});

test("validatePodSpec() knows what volumes of stores elsewhere need, as Kubernetes does", () => {
  const at = "spec.volumes[0]";
  const disk = { diskName: "d", diskURI: "https://a", kind: "Managed" };
  judged([
    [
      volume({ gcePersistentDisk: { partition: 300 } }),
      [`${at}.persistentDisk.pdName: Required value`].concat(
        `${at}.persistentDisk.partition: Invalid value: 300: must be between 1 and 255, inclusive`,
      ),
    ],
    [volume({ nfs: { server: "s", path: "p" } }), [`${at}.nfs.path: Invalid value: "p": must be an absolute path`]],
    [volume({ glusterfs: { path: "p" } }), [`${at}.glusterfs.endpoints: Required value`]],
    [volume({ rbd: { image: "i" } }), [`${at}.rbd.monitors: Required value`]],
    [
      volume({ flocker: { datasetName: "a/b" } }),
      [`${at}.flocker.datasetName: Invalid value: "a/b": must not contain '/'`],
    ],
    [
      volume({ iscsi: { targetPortal: "p", iqn: "x", lun: 256 } }),
      [
        `${at}.iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa`,
        `${at}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`,
      ],
    ],
    [
      volume({ iscsi: { targetPortal: "p", iqn: "iqn.2015-02.example.com:test", lun: 0, chapAuthSession: true } }),
      [`${at}.iscsi.secretRef: Required value`],
    ],
    [
      volume({ fc: { targetWWNs: ["a"] } }),
      [`${at}.fc.lun: Required value: lun is required if targetWWNs is specified`],
    ],
    [
      volume({ flexVolume: { driver: "d", options: { "a.kubernetes.io/x": "1" } } }),
      [
        `${at}.flexVolume.options[a.kubernetes.io/x]: Invalid value: "a.kubernetes.io/x": kubernetes.io and k8s.io namespaces are reserved`,
      ],
    ],
    [
      volume({ quobyte: { registry: "one", volume: "v" } }),
      [`${at}.quobyte.registry: Invalid value: "one": must be a host:port pair or multiple pairs separated by commas`],
    ],
    [
      volume({ azureDisk: disk }),
      [
        `${at}.azureDisk.diskURI: Unsupported value: "https://a": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"`,
      ],
    ],
    [
      volume({ gitRepo: { repository: "r", directory: "../x" } }),
      [`${at}.gitRepo.directory: Invalid value: "../x": must not contain '..'`],
    ],
    [
      volume({ ephemeral: { volumeClaimTemplate: { metadata: { name: "x" }, spec: {} } } }),
      [
        `${at}.ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set`,
        `${at}.ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required`,
        `${at}.ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value`,
      ],
    ],
    [
      volume({ emptyDir: {}, cephfs: { monitors: ["m"] } }),
      [`${at}.cephFS: Forbidden: may not specify more than 1 volume type`],
    ],
    [
      volume({ csi: { driver: "d.example.com", nodePublishSecretRef: {} } }),
      [`${at}.csi.nodePublishSecretRef.name: Required value`],
    ],
  ]);
});

test("validatePodSpec() takes a volume with which something is wrong for none", () => {
  const mounted = container({ volumeMounts: [{ name: "v", mountPath: "/v" }] });
  judged([
    [
      { ...mounted, ...volume({ secret: {} }) },
      ["spec.volumes[0].secret.secretName: Required value", 'spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [{ ...mounted, ...volume({ emptyDir: {} }) }, []],
  ]);
  const claimed = {
    volumes: [
      {
        name: "a",
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        },
      },
      { name: "b", persistentVolumeClaim: { claimName: "web-a" } },
    ],
  };
  judged([
    [
      claimed,
      [
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "web-a": must not reference a PVC that gets created for an ephemeral volume',
      ],
    ],
  ]);
});

test("validatePodSpec() knows what does not go together in mounts and devices", () => {
  const at = "spec.containers[0]";
  const one = (mount: Written) => ({
    ...volume({ emptyDir: {} }),
    ...container({ volumeMounts: [{ name: "v", mountPath: "/v", ...mount }] }),
  });
  judged([
    [one({ subPath: "/a" }), [`${at}.volumeMounts.subPath: Invalid value: "/a": must be a relative path`]],
    [
      one({ subPath: "a", subPathExpr: "../b" }),
      [
        `${at}.volumeMounts[0].subPathExpr: Invalid value: "../b": subPathExpr and subPath are mutually exclusive`,
        `${at}.volumeMounts.subPathExpr: Invalid value: "../b": must not contain '..'`,
      ],
    ],
    [
      one({ recursiveReadOnly: "Enabled" }),
      [`${at}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`],
    ],
    [
      one({ recursiveReadOnly: "Maybe" }),
      [
        `${at}.volumeMounts.recursiveReadOnly: Unsupported value: "Maybe": supported values: "Disabled", "Enabled", "IfPossible"`,
      ],
    ],
    [
      { ...volume({ emptyDir: {} }), ...container({ volumeDevices: [{ name: "v", devicePath: "/dev/x" }] }) },
      [
        `${at}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
      ],
    ],
  ]);
});

test("validatePodSpec() judges resources by whose they are", () => {
  const at = "spec.containers[0].resources";
  const having = (resources: Written, more?: Written) => container({ resources }, more);
  judged([
    [
      having({ requests: { "gpu.example.com/card": "1" } }),
      [`${at}.limits: Required value: Limit must be set for non overcommitable resources`],
    ],
    [
      having({ limits: { "gpu.example.com/card": "1500m" } }),
      [
        `${at}.limits[gpu.example.com/card]: Invalid value: "1500m": must be an integer`,
        `${at}.requests[gpu.example.com/card]: Invalid value: "1500m": must be an integer`,
      ],
    ],
    [
      having({ requests: { "gpu.example.com/card": "1" }, limits: { "gpu.example.com/card": "2" } }),
      [`${at}.requests: Invalid value: "1": must be equal to gpu.example.com/card limit of 2`],
    ],
    [
      having({ limits: { "hugepages-2Mi": "3Mi" } }),
      [
        `${at}.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
        `${at}.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
        `${at}: Forbidden: HugePages require cpu or memory`,
      ],
    ],
    [
      having({ limits: { pods: "1" } }),
      [
        `${at}.limits[pods]: Invalid value: "pods": must be a standard resource for containers`,
        `${at}.requests[pods]: Invalid value: "pods": must be a standard resource for containers`,
      ],
    ],
    [
      having({ claims: [{ name: "a" }] }),
      [`${at}.claims[0]: Not found: "a": must be one of the names in pod.spec.resourceClaims which is empty`],
    ],
    [
      having({ claims: [{ name: "a" }, { name: "a" }] }, { resourceClaims: [{ name: "a", resourceClaimName: "x" }] }),
      [`${at}.claims[1]: Duplicate value: "a"`],
    ],
    [
      { resourceClaims: [{ name: "a" }] },
      [
        'spec.resourceClaims[0]: Invalid value: {"name":"a"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
      ],
    ],
  ]);
});

test("validatePodSpec() judges where a pod wants to be by fields and by keys of labels, too", () => {
  const node =
    "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0]";
  const onNode = (field: Written) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [field] }] },
      },
    },
  });
  const spread = (fields: Written) => ({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", ...fields }],
  });
  const near = (fields: Written) => ({
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", ...fields }] } },
  });
  const pods = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]";
  judged([
    [
      onNode({ key: "metadata.name", operator: "In", values: ["n", "m"] }),
      [
        `${node}.values: Required value: must be only one value when \`operator\` is 'In' or 'NotIn' for node field selector`,
      ],
    ],
    [
      onNode({ key: "spec.x", operator: "Exists" }),
      [
        `${node}.operator: Invalid value: "Exists": not a valid selector operator`,
        `${node}.key: Invalid value: "spec.x": not a valid field selector key`,
      ],
    ],
    [
      spread({ matchLabelKeys: ["a"] }),
      [
        "spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
      ],
    ],
    [
      spread({ matchLabelKeys: ["app"], labelSelector: { matchLabels: { app: "x" } } }),
      [
        'spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector',
      ],
      { labels: { app: "x" } },
    ],
    [
      near({ matchLabelKeys: ["a"], mismatchLabelKeys: ["a"], labelSelector: {} }),
      [`${pods}.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and mismatchLabelKeys`],
    ],
  ]);
});

test("a pod's selectors of others get the values of its labels whose keys they name", () => {
  const labelSelector = { matchLabels: { app: "web" } };
  const term = { topologyKey: "zone", labelSelector, matchLabelKeys: ["hash"], mismatchLabelKeys: ["tenant", "none"] };
  const { spec } = madePod(
    {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "zone",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: {},
          matchLabelKeys: ["hash"],
        },
      ],
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    },
    { labels: { hash: "1", tenant: "t" } },
  );
  const hash = { key: "hash", operator: "In", values: ["1"] };
  assert.deepEqual(spec.topologySpreadConstraints?.[0]?.labelSelector, { matchExpressions: [hash] });
  const [anti] = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const tenant = { key: "tenant", operator: "NotIn", values: ["t"] };
  assert.deepEqual(anti?.labelSelector, { matchLabels: { app: "web" }, matchExpressions: [hash, tenant] });
});

test("validatePodSpec() knows what does not go with a system, with users of one's own and with the node's namespaces", () => {
  const windows = { windowsOptions: { runAsUserName: "a\\b\\c" } };
  judged([
    [
      { os: { name: "linux" }, securityContext: { windowsOptions: {} } },
      ["spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod"],
    ],
    [
      { os: { name: "windows" }, hostPID: true, ...container({ securityContext: { privileged: true } }) },
      [
        "spec.hostPID: Forbidden: cannot be set for a windows pod",
        "spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod",
      ],
    ],
    [
      { securityContext: windows },
      [
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
      ],
    ],
    [
      { securityContext: { windowsOptions: { hostProcess: true } } },
      ["spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers"],
    ],
    [{ hostUsers: false, hostIPC: true }, ["spec.HostIPC: Forbidden: when `pod.Spec.HostUsers` is false"]],
    [
      container({ securityContext: { procMount: "Unmasked" } }),
      [
        'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
      ],
    ],
    [
      { hostNetwork: true, securityContext: { sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }] } },
      [
        "spec.securityContext.sysctls[0].name: Invalid value: \"net.ipv4.tcp_syncookies\": may not be specified when 'hostNetwork' is true",
      ],
    ],
    [
      container({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true }),
      [
        "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true",
      ],
    ],
    [
      { overhead: { foo: "1" } },
      [
        'spec.overhead.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.overhead.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
      ],
    ],
  ]);
});

test("pods' annotations that Kubernetes reads are judged", () => {
  const at = "metadata.annotations";
  judged([
    [
      {},
      [`${at}[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer`],
      { annotations: { "controller.kubernetes.io/pod-deletion-cost": "+1" } },
    ],
    [
      {},
      [`${at}[container.apparmor.security.beta.kubernetes.io/x]: Invalid value: "x": container not found`],
      { annotations: { "container.apparmor.security.beta.kubernetes.io/x": "unconfined" } },
    ],
    [
      {},
      [
        `${at}[kubernetes.io/config.mirror]: Invalid value: "m": must set spec.nodeName if mirror pod annotation is set`,
      ],
      { annotations: { "kubernetes.io/config.mirror": "m" } },
    ],
  ]);
});

test("a template leaves open what is filled in for pods that are made of it", () => {
  const { spec } = madePod({ hostNetwork: true });
  const [first] = spec.containers;
  assert.ok(first);
  const open: Fields = {
    ...spec,
    containers: [{ ...first, image: " nginx", ports: [{ containerPort: 80, protocol: "TCP" }] }],
  };
  assert.deepEqual(validatePodSpec(open as unknown as PodSpec, "spec.template.spec"), []);
  assert.deepEqual(
    validatePodSpec(open as unknown as PodSpec, "spec", { name: "web" }).map(({ field }) => field),
    ["spec.containers[0].ports[0].hostPort", "spec.containers[0].image"],
  );
});
