import type { Table } from "./row.ts";

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const modes = 'supported values: "Block", "Filesystem"';

const claims: Table = {
  plural: "persistentvolumeclaims",
  namespaced: true,
  base: {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "x" } },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  rows: [
    [{ "spec.accessModes": [] }, "spec.accessModes: Required value: at least 1 access mode is required"],
    [{ "spec.resources": {} }, "spec.resources[storage]: Required value"],
    [
      { "spec.resources.requests.storage": "0" },
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ],
    [{ "spec.volumeMode": "Tape" }, `spec.volumeMode: Unsupported value: "Tape": ${modes}`],
    [
      { "spec.accessModes": ["Write"] },
      'spec.accessModes: Unsupported value: "Write": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
  ],
};

const volumes: Table = {
  plural: "persistentvolumes",
  namespaced: false,
  base: {
    ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "x" } },
    spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, hostPath: { path: "/a" } },
  },
  rows: [
    [{ "spec.hostPath": undefined }, "spec: Required value: must specify a volume type"],
    [{ "spec.hostPath.path": "" }, "spec.hostPath.path: Required value"],
    [{ "spec.hostPath.path": "/a/.." }, "spec.hostPath.path: Invalid value: \"/a/..\": must not contain '..'"],
    [
      { "spec.hostPath": undefined, "spec.nfs": { server: "", path: "a" } },
      "spec.nfs.server: Required value",
      'spec.nfs.path: Invalid value: "a": must be an absolute path',
    ],
    [
      { "spec.hostPath": undefined, "spec.csi": { driver: "", volumeHandle: "" } },
      "spec.csi.driver: Required value",
      `spec.csi.driver: Invalid value: "": ${subdomain}`,
      "spec.csi.volumeHandle: Required value",
    ],
    [{ "spec.capacity.storage": "0" }, 'spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
    [{ "spec.volumeMode": "Tape" }, `spec.volumeMode: Unsupported value: "Tape": ${modes}`],
    [
      { "spec.persistentVolumeReclaimPolicy": "Burn" },
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"',
    ],
    [
      { "spec.hostPath.path": "/", "spec.persistentVolumeReclaimPolicy": "Recycle" },
      "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
    ],
  ],
};

const classes: Table = {
  plural: "storageclasses",
  namespaced: false,
  base: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "x" }, provisioner: "a/b" },
  rows: [
    [{ provisioner: "" }, "provisioner: Required value"],
    [{ reclaimPolicy: "Burn" }, 'reclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Retain"'],
    [
      { volumeBindingMode: "Late" },
      'volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"',
    ],
    [
      { parameters: { "": "a", b: "c".repeat(262_144) } },
      'parameters: Invalid value: "": field can not be empty.',
      "parameters: Too long: may not be more than 262144 bytes",
    ],
    [
      {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: "/a", values: [] },
              { key: "b", values: ["c", "c"] },
              { key: "b", values: ["d"] },
            ],
          },
        ],
      },
      "allowedTopologies[0].matchLabelExpressions[0].values: Required value",
      'allowedTopologies[0].matchLabelExpressions[0].key: Invalid value: "/a": prefix part must be non-empty',
      'allowedTopologies[0].matchLabelExpressions[1].values[1]: Duplicate value: "c"',
      'allowedTopologies[0].matchLabelExpressions[2].key: Duplicate value: "b"',
    ],
    [
      {
        allowedTopologies: [
          { matchLabelExpressions: [{ key: "b", values: ["c", "d"] }] },
          { matchLabelExpressions: [{ key: "b", values: ["d", "c"] }] },
        ],
      },
      'allowedTopologies[1].matchLabelExpressions: Duplicate value: ""',
    ],
  ],
};

const drivers: Table = {
  plural: "csidrivers",
  namespaced: false,
  base: { apiVersion: "storage.k8s.io/v1", kind: "CSIDriver", metadata: { name: "x" }, spec: {} },
  rows: [
    [
      { "spec.volumeLifecycleModes": ["Eternal"] },
      'spec.volumeLifecycleModes[0]: Unsupported value: "Eternal": supported values: "Ephemeral", "Persistent"',
    ],
    [
      { "spec.fsGroupPolicy": "All" },
      'spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
    [
      { "spec.tokenRequests": [{ audience: "a" }, { audience: "a" }] },
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ],
    [
      { "spec.tokenRequests": [{ audience: "a", expirationSeconds: 4_294_967_297 }] },
      "spec.tokenRequests[0].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds",
    ],
  ],
};

const nodes: Table = {
  plural: "csinodes",
  namespaced: false,
  base: { apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name: "x" }, spec: { drivers: [] } },
  rows: [
    [
      { "spec.drivers": [{ name: "", nodeID: "n" }] },
      "spec.drivers[0].name: Required value",
      `spec.drivers[0].name: Invalid value: "": ${subdomain}`,
    ],
    [{ "spec.drivers": [{ name: "a", nodeID: "" }] }, "spec.drivers[0].nodeID: Required value"],
    [
      { "spec.drivers": [{ name: "a", nodeID: "n".repeat(257), allocatable: { count: -1 } }] },
      `spec.drivers[0].nodeID: Invalid value: "${"n".repeat(257)}": must be 256 characters or less`,
      "spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0",
    ],
    [
      { "spec.drivers": [{ name: "a", nodeID: "n", topologyKeys: ["zone", "zone"] }] },
      'spec.drivers[0]: Duplicate value: "zone"',
    ],
    [
      {
        "spec.drivers": [
          { name: "a", nodeID: "n" },
          { name: "a", nodeID: "n" },
        ],
      },
      'spec.drivers[1].name: Duplicate value: "a"',
    ],
  ],
};

const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
const attachments: Table = {
  plural: "volumeattachments",
  namespaced: false,
  base: {
    ...{ apiVersion: "storage.k8s.io/v1", kind: "VolumeAttachment", metadata: { name: "x" } },
    spec: { attacher: "a", nodeName: "n", source: { persistentVolumeName: "v" } },
  },
  rows: [
    [
      { "spec.attacher": "" },
      "spec.attacher: Required value",
      "spec.attacher: Required value",
      `spec.attacher: Invalid value: "": ${subdomain}`,
    ],
    [{ "spec.nodeName": "" }, `spec.nodeName: Invalid value: "": ${subdomain}`],
    [{ "spec.source": {} }, `spec.source: Required value: ${one}`],
    [{ "spec.source": { persistentVolumeName: "v", inlineVolumeSpec: {} } }, `spec.source: Forbidden: ${one}`],
    [{ "spec.source.persistentVolumeName": "V" }, `spec.source.persistentVolumeName: Invalid value: "V": ${subdomain}`],
  ],
};

const attributes: Table = {
  plural: "volumeattributesclasses",
  namespaced: false,
  base: {
    ...{ apiVersion: "storage.k8s.io/v1", kind: "VolumeAttributesClass", metadata: { name: "x" } },
    ...{ driverName: "a", parameters: { a: "b" } },
  },
  rows: [
    [
      { driverName: "/a", parameters: {} },
      'driverName: Invalid value: "/a": prefix part must be non-empty',
      "parameters: Required value: must contain at least one key/value pair",
    ],
  ],
};

/** Objects about volumes that are wrong. */
export const storage: readonly Table[] = [claims, volumes, classes, drivers, nodes, attachments, attributes];
