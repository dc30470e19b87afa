import type {
  PersistentVolumeClaimSpec as CorePersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
} from "kubernetes-types/core/v1.js";
import { defaultClaimSpec } from "../defaults/claim.ts";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { compareQuantities, parseQuantity, zero } from "../quantity.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { validateAccessModes } from "../validation/access_modes.ts";
import { validateLabelSelector } from "../validation/label_selector.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** A claim's spec; the class of its attributes is newer than the package that gives the other fields. */
export interface PersistentVolumeClaimSpec extends CorePersistentVolumeClaimSpec {
  volumeAttributesClassName?: string;
}

/** A request for a volume. */
export interface PersistentVolumeClaim extends KubeObject {
  spec: PersistentVolumeClaimSpec;
  status: PersistentVolumeClaimStatus;
}

/** PersistentVolumeClaims: volumes as pods ask for them. */
export const persistentVolumeClaim = nameKind<PersistentVolumeClaim>({
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  shortNames: ["pvc"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const persistentVolumeClaimRules = /* @__PURE__ */ withRules(persistentVolumeClaim, {
  schema: "io.k8s.api.core.v1.PersistentVolumeClaim",
  countsGenerations: false,

  applyDefaults(draft) {
    defaultClaimSpec(draft.spec);
    draft.status ??= {};
    draft.status.phase ||= "Pending";
  },

  prepareForCreate(draft) {
    draft.status = { phase: "Pending" };
  },

  validate: ({ spec }) => validateClaimSpec(spec, "spec"),

  validateUpdate({ spec }, { spec: old, status }) {
    const errors: FieldError[] = [];
    const wanted = parseQuantity(spec.resources?.requests?.storage ?? "") ?? zero;
    const before = parseQuantity(old.resources?.requests?.storage ?? "") ?? zero;
    const isBound = status.phase === "Bound";
    const isSame = jsonEqual(withoutChangeable(spec, old, isBound), withoutChangeable(old, old, isBound));
    if (!isSame) {
      const text =
        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
      errors.push(forbidden("spec", text));
    } else if (compareQuantities(wanted, before) < 0) {
      errors.push(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
    }
    return errors;
  },
});

/** A spec without what may change: a bound claim's size, the class of its attributes, and the volume that it gets. */
function withoutChangeable(
  spec: Frozen<PersistentVolumeClaimSpec>,
  old: Frozen<PersistentVolumeClaimSpec>,
  isBound: boolean,
) {
  const { volumeName, volumeAttributesClassName: _class, resources, ...rest } = spec;
  const { requests: _requests, ...kept } = resources ?? {};
  const named = old.volumeName ? { volumeName } : {};
  const classed = old.storageClassName === undefined ? { ...rest, storageClassName: undefined } : rest;
  return { ...classed, ...named, resources: isBound ? kept : resources };
}

/** What is wrong with a claim's spec. */
export function validateClaimSpec(spec: Frozen<PersistentVolumeClaimSpec>, at: string): FieldError[] {
  const errors = validateAccessModes(spec.accessModes, `${at}.accessModes`);
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(required(`${at}.resources[storage]`));
  else if (compareQuantities(parseQuantity(storage) ?? zero, zero) <= 0) {
    errors.push(invalid(`${at}.resources[storage]`, storage, "must be greater than zero"));
  }
  if (spec.selector !== undefined) addErrors(errors, validateLabelSelector(spec.selector, `${at}.selector`));
  const modes = ["Block", "Filesystem"];
  if (spec.volumeMode !== undefined && !modes.includes(spec.volumeMode)) {
    errors.push(notSupported(`${at}.volumeMode`, spec.volumeMode, modes));
  }
  if (spec.storageClassName) {
    for (const text of dnsSubdomainErrors(spec.storageClassName)) {
      errors.push(invalid(`${at}.storageClassName`, spec.storageClassName, text));
    }
  }
  return errors;
}
