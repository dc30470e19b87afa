/** What a claim, a volume or a class is made with, beside its name. */
export interface StorageOptions {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A claim for a gibibyte of the class `fast`, in the namespace `default`. */
export function claimNamed(name: string, { metadata, spec, status }: StorageOptions = {}) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "default", ...metadata },
    spec: {
      storageClassName: "fast",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      ...spec,
    },
    status: { phase: "Pending", ...status },
  };
}

/** A volume of a gibibyte of the class `fast`, for one node at a time. */
export function volumeNamed(name: string, { metadata, spec, status }: StorageOptions = {}) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, ...metadata },
    spec: {
      storageClassName: "fast",
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Retain",
      hostPath: { path: `/tmp/${name}` },
      ...spec,
    },
    status: { phase: "Available", ...status },
  };
}

/** A class whose volumes are made by hand. */
export function classNamed(name: string, more: object = {}) {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name },
    provisioner: "kubernetes.io/no-provisioner",
    ...more,
  };
}
