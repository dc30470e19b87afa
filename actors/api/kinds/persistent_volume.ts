import type {
  PersistentVolumeSpec as CorePersistentVolumeSpec,
  PersistentVolumeStatus,
} from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { compareQuantities, parseQuantity, zero } from "../quantity.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { validateAccessModes } from "../validation/access_modes.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";
import { backstepErrors } from "../validation/paths.ts";
import { driverErrors, validateHostPath, validateNfs } from "../validation/volume_source.ts";

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
const volumeModes = ["Block", "Filesystem"];
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

  validate: ({ spec }) => validateSpec(spec),

  validateUpdate({ spec }, { spec: old }) {
    const errors: FieldError[] = [];
    const sources = (of: Frozen<PersistentVolumeSpec>) =>
      Object.fromEntries(Object.entries(of).filter(([field]) => !plain.has(field)));
    if (!jsonEqual(sources(spec), sources(old))) {
      errors.push(forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"));
    }
    if (spec.volumeMode !== old.volumeMode) errors.push(invalid("volumeMode", spec.volumeMode, "field is immutable"));
    if (old.nodeAffinity !== undefined && !jsonEqual(spec.nodeAffinity, old.nodeAffinity)) {
      errors.push(invalid("nodeAffinity", spec.nodeAffinity, "field is immutable"));
    }
    return errors;
  },
});

function validateSpec(spec: Frozen<PersistentVolumeSpec>): FieldError[] {
  const errors = validateAccessModes(spec.accessModes, "spec.accessModes");
  const capacity = spec.capacity ?? {};
  if (Object.keys(capacity).length === 0) errors.push(required("spec.capacity"));
  else if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    errors.push(notSupported("spec.capacity", capacity, ["storage"]));
  }
  const { persistentVolumeReclaimPolicy: policy = "", volumeMode } = spec;
  if (!reclaimPolicies.includes(policy)) {
    errors.push(notSupported("spec.persistentVolumeReclaimPolicy", policy, reclaimPolicies));
  }
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) {
    errors.push(notSupported("spec.volumeMode", volumeMode, volumeModes));
  }
  const sources = Object.keys(spec).filter((field) => !plain.has(field));
  if (sources.length === 0) errors.push(required("spec", "must specify a volume type"));
  for (const extra of sources.slice(1)) {
    errors.push(forbidden(`spec.${extra}`, "may not specify more than 1 volume type"));
  }
  if (spec.local !== undefined && spec.nodeAffinity === undefined) {
    errors.push(required("spec.nodeAffinity", "Local volume requires node affinity"));
  }
  addErrors(errors, validateSources(spec));
  for (const name in capacity) {
    if (compareQuantities(parseQuantity(capacity[name] ?? "") ?? zero, zero) > 0) continue;
    errors.push(invalid(`spec.capacity[${name}]`, capacity[name], "must be greater than zero"));
  }
  for (const text of spec.storageClassName ? dnsSubdomainErrors(spec.storageClassName) : []) {
    errors.push(invalid("spec.storageClassName", spec.storageClassName, text));
  }
  return errors;
}

function validateSources(spec: Frozen<PersistentVolumeSpec>): FieldError[] {
  const { hostPath, nfs, csi, local, persistentVolumeReclaimPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (hostPath !== undefined) {
    addErrors(errors, validateHostPath(hostPath, "spec.hostPath"));
    if (/^\/+$/.test(hostPath.path) && policy === "Recycle") {
      const text = "may not be 'recycle' for a hostPath mount of '/'";
      errors.push(forbidden("spec.persistentVolumeReclaimPolicy", text));
    }
  }
  if (nfs !== undefined) addErrors(errors, validateNfs(nfs, "spec.nfs"));
  if (local !== undefined) {
    if (!local.path) errors.push(required("spec.local.path"));
    else addErrors(errors, backstepErrors(local.path, "spec.local.path"));
  }
  if (csi !== undefined) {
    addErrors(errors, driverErrors(csi.driver, "spec.csi.driver"));
    if (!csi.volumeHandle) errors.push(required("spec.csi.volumeHandle"));
  }
  return errors;
}
