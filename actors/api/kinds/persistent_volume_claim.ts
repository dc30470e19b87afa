import type { PersistentVolumeClaimStatus } from "kubernetes-types/core/v1.js";
import { defaultClaimSpec } from "../defaults/claim.ts";
import { addErrors, type FieldError, forbidden } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { compareQuantities, parseQuantity, type Quantity, zero } from "../quantity.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { type PersistentVolumeClaimSpec, validateClaimSpec } from "../validation/claim_spec.ts";
import { type ClaimStatus, claimStatusErrors } from "../validation/claim_status.ts";
import { validateImmutable } from "../validation/metadata.ts";

/** A request for a volume. */
export interface PersistentVolumeClaim extends KubeObject {
  spec: PersistentVolumeClaimSpec;
  status: PersistentVolumeClaimStatus;
}

/** Where the class stood before it was a field. */
const classAnnotation = "volume.beta.kubernetes.io/storage-class";

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

  validateStatusUpdate: ({ status }) => claimStatusErrors((status ?? {}) as ClaimStatus, "status"),

  validateUpdate({ spec, metadata }, { spec: old, metadata: oldMetadata, status }) {
    const errors: FieldError[] = [];
    const [classNow, classBefore] = [metadata, oldMetadata].map(({ annotations }) => annotations?.[classAnnotation]);
    const takesAnnotation = old.storageClassName === undefined && spec.storageClassName === classBefore;
    if (!takesAnnotation || (classNow !== undefined && classNow !== classBefore)) {
      const at = `metadata.annotations.${classAnnotation}`;
      addErrors(errors, validateImmutable(at, { value: classNow ?? "", old: classBefore ?? "" }));
    }
    const isBound = status.phase === "Bound";
    if (!jsonEqual(withoutChangeable(spec, old, isBound), withoutChangeable(old, old, isBound))) {
      const text =
        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
      errors.push(forbidden("spec", text));
    }
    const [wanted, before] = [sizeOf(spec.resources?.requests), sizeOf(old.resources?.requests)];
    // Down to what it has: who asked for more than there is gets out of that.
    if (compareQuantities(wanted, before) < 0 && compareQuantities(wanted, sizeOf(status.capacity)) <= 0) {
      errors.push(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
    }
    addErrors(errors, validateImmutable("volumeMode", { value: spec.volumeMode, old: old.volumeMode }));
    const at = "spec.volumeAttributesClassName";
    if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
      errors.push(forbidden(at, "update from non-nil value to nil is forbidden"));
    } else if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === "") {
      errors.push(forbidden(at, "update from non-nil value to an empty string is forbidden"));
    }
    return errors;
  },
});

function sizeOf(amounts: Readonly<Record<string, string>> | undefined): Quantity {
  return parseQuantity(amounts?.storage ?? "") ?? zero;
}

/** A spec without what may change: a bound claim's size and the class of its attributes, and the volume that it gets. */
function withoutChangeable(
  spec: Frozen<PersistentVolumeClaimSpec>,
  old: Frozen<PersistentVolumeClaimSpec>,
  isBound: boolean,
) {
  const { volumeName, volumeAttributesClassName, resources, ...rest } = spec;
  const { requests: _requests, ...kept } = resources ?? {};
  const named = old.volumeName ? { volumeName } : {};
  const classed = old.storageClassName === undefined ? { ...rest, storageClassName: undefined } : rest;
  return { ...classed, ...named, ...(isBound ? { resources: kept } : { resources, volumeAttributesClassName }) };
}
