import type {
  PersistentVolumeSpec as CorePersistentVolumeSpec,
  PersistentVolumeStatus,
} from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { formatQuantity, parseQuantity, zero } from "../quantity.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { accessModeErrors } from "../validation/access_modes.ts";
import { classErrors, volumeModes } from "../validation/claim_spec.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { validateNodeSelector } from "../validation/node_selector.ts";
import { backstepErrors } from "../validation/paths.ts";
import { persistentSecretErrors, validateSharedSource } from "../validation/shared_volume_source.ts";
import { driverErrors, validateHostPath } from "../validation/volume_source.ts";

/** A volume's spec; the class of its attributes is newer than the package that gives the other fields. */
export interface PersistentVolumeSpec extends CorePersistentVolumeSpec {
  volumeAttributesClassName?: string;
}

/** A volume of the cluster. */
export interface PersistentVolume extends KubeObject {
  spec: PersistentVolumeSpec;
  status: PersistentVolumeStatus;
}

const reclaimPolicies = ["Delete", "Recycle", "Retain"];
/** Fields of a spec that are no source of a volume. */
const plain = new Set([
  "accessModes",
  "capacity",
  "claimRef",
  "mountOptions",
  "nodeAffinity",
  "persistentVolumeReclaimPolicy",
  "storageClassName",
  "volumeAttributesClassName",
  "volumeMode",
]);

/** PersistentVolumes: volumes that outlive pods. */
export const persistentVolume = nameKind<PersistentVolume>({
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  shortNames: ["pv"],
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const persistentVolumeRules = /* @__PURE__ */ withRules(persistentVolume, {
  schema: "io.k8s.api.core.v1.PersistentVolume",
  countsGenerations: false,

  applyDefaults(draft) {
    const { spec } = draft;
    spec.persistentVolumeReclaimPolicy ||= "Retain";
    spec.volumeMode ??= "Filesystem";
    if (spec.hostPath !== undefined) spec.hostPath.type ??= "";
    draft.status ??= {};
    draft.status.phase ||= "Pending";
  },

  prepareForCreate(draft) {
    draft.status = { phase: "Pending" };
  },

  validate: ({ spec, metadata }) => validateSpec(spec, metadata.name ?? ""),

  validateUpdate({ spec }, { spec: old }) {
    const errors: FieldError[] = [];
    if (!jsonEqual(sourcesOf(spec, old), sourcesOf(old, old))) {
      errors.push(forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"));
    }
    addErrors(errors, validateImmutable("volumeMode", { value: spec.volumeMode, old: old.volumeMode }));
    if (old.nodeAffinity !== undefined && !jsonEqual(spec.nodeAffinity, withNewLabels(old.nodeAffinity, spec))) {
      const text = "field is immutable, except for updating from beta label to GA";
      errors.push(invalid("nodeAffinity", spec.nodeAffinity, text));
    }
    if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
      errors.push(forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden"));
    }
    return errors;
  },
});

/** The sources of a spec, to be compared with an old one's: a Secret for growth may be added. */
function sourcesOf(spec: Frozen<PersistentVolumeSpec>, old: Frozen<PersistentVolumeSpec>): object {
  const sources = Object.fromEntries(Object.entries(spec).filter(([field]) => !plain.has(field)));
  if (!spec.csi || !old.csi || old.csi.controllerExpandSecretRef !== undefined) return sources;
  const { controllerExpandSecretRef: _added, ...csi } = spec.csi;
  return { ...sources, csi };
}

const newLabels: Readonly<Record<string, string>> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};

/** Where a volume was to be, with old names of labels replaced by the new ones that the change replaces them by. */
function withNewLabels(affinity: NodeAffinity, { nodeAffinity: now }: Frozen<PersistentVolumeSpec>): NodeAffinity {
  const terms = affinity.required?.nodeSelectorTerms.map((term, index) => ({
    ...term,
    matchExpressions: term.matchExpressions?.map((expression, place) => {
      const key = now?.required?.nodeSelectorTerms[index]?.matchExpressions?.[place]?.key;
      return key !== undefined && newLabels[expression.key] === key ? { ...expression, key } : expression;
    }),
  }));
  return JSON.parse(JSON.stringify(terms ? { ...affinity, required: { nodeSelectorTerms: terms } } : affinity));
}

type NodeAffinity = NonNullable<Frozen<PersistentVolumeSpec>["nodeAffinity"]>;

function validateSpec(spec: Frozen<PersistentVolumeSpec>, name: string): FieldError[] {
  const errors: FieldError[] = [];
  const { accessModes: modes = [], persistentVolumeReclaimPolicy: policy = "", volumeMode, nodeAffinity } = spec;
  if (modes.length === 0) errors.push(required("spec.accessModes"));
  addErrors(errors, accessModeErrors(modes, "spec.accessModes"));
  addErrors(errors, capacityErrors(spec.capacity ?? {}));
  if (!reclaimPolicies.includes(policy)) {
    errors.push(notSupported("spec.persistentVolumeReclaimPolicy", policy, reclaimPolicies));
  }
  if (nodeAffinity !== undefined) {
    const at = "spec.nodeAffinity.required";
    if (nodeAffinity.required === undefined) errors.push(required(at, "must specify required node constraints"));
    else addErrors(errors, validateNodeSelector(nodeAffinity.required, at));
  }
  addErrors(errors, validateSources(spec, name));
  if (/^\/+$/.test(spec.hostPath?.path ?? "") && policy === "Recycle") {
    const text = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden("spec.persistentVolumeReclaimPolicy", text));
  }
  addErrors(errors, classErrors(spec.storageClassName, "spec.storageClassName"));
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) {
    errors.push(notSupported("spec.volumeMode", volumeMode, volumeModes));
  }
  const { volumeAttributesClassName: attributes } = spec;
  const at = "spec.volumeAttributesClassName";
  if (attributes === undefined) return errors;
  if (attributes === "") errors.push(required(at, "an empty string is disallowed"));
  addErrors(errors, classErrors(attributes, at));
  if (spec.csi === undefined) {
    errors.push(required("spec.csi", "has to be specified when using volumeAttributesClassName"));
  }
  return errors;
}

function capacityErrors(capacity: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = [];
  if (Object.keys(capacity).length === 0) errors.push(required("spec.capacity"));
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    errors.push(notSupported("spec.capacity", capacity, ["storage"]));
  }
  for (const name in capacity) {
    const size = parseQuantity(capacity[name] ?? "") ?? zero;
    const at = `spec.capacity[${name}]`;
    if (size.nanos < 0n) {
      errors.push(invalid(at, Number(size.nanos / 1_000_000_000n), "must be a valid resource quantity"));
    }
    if (size.nanos <= 0n) errors.push(invalid(at, formatQuantity(size), "must be greater than zero"));
  }
  return errors;
}

/** The types of sources in the order in which Kubernetes looks at them: the first that is there is the volume's. */
const sourceTypes = [
  ...["hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte"],
  ...["cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk"],
  ...["portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi"],
] as const;

function validateSources(spec: Frozen<PersistentVolumeSpec>, name: string): FieldError[] {
  const [first, ...others] = sourceTypes.filter((type) => spec[type] !== undefined);
  if (first === undefined) return [required("spec", "must specify a volume type")];
  const { hostPath, csi, local } = spec;
  const at = `spec.${first}`;
  const errors = validateSharedSource(first, spec[first], { at, isPersistent: true, name });
  if (first === "hostPath" && hostPath) addErrors(errors, validateHostPath(hostPath, at));
  if (first === "local" && local) {
    if (!local.path) errors.push(required(`${at}.path`));
    else addErrors(errors, backstepErrors(local.path, `${at}.path`));
    // A local one is where it is: nobody else could tell the scheduler.
    if (spec.nodeAffinity === undefined) {
      errors.push(required("spec.nodeAffinity", "Local volume requires node affinity"));
    }
  }
  if (first === "csi" && csi) {
    addErrors(errors, driverErrors(csi.driver, `${at}.driver`));
    if (!csi.volumeHandle) errors.push(required(`${at}.volumeHandle`));
    for (const role of secretRoles) addErrors(errors, persistentSecretErrors(secretOf(csi, role), `${at}.${role}`));
  }
  for (const extra of others) errors.push(forbidden(`spec.${extra}`, "may not specify more than 1 volume type"));
  return errors;
}

/** The Secrets that a driver is given. */
const secretRoles = [
  "controllerPublishSecretRef",
  "controllerExpandSecretRef",
  "nodePublishSecretRef",
  "nodeExpandSecretRef",
] as const;

function secretOf(csi: object, role: (typeof secretRoles)[number]) {
  return (csi as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>)[role];
}
