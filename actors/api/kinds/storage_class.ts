import type { StorageClass as CoreStorageClass } from "kubernetes-types/storage/v1.js";
import { type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { labelKeyErrors } from "../validation/names.ts";

type Rest = Omit<CoreStorageClass, "apiVersion" | "kind" | "metadata" | "reclaimPolicy" | "volumeBindingMode">;

/** A sort of volumes, and who makes them. */
export interface StorageClass extends KubeObject, Rest {
  reclaimPolicy?: string;
  volumeBindingMode?: string;
}

const parametersMax = 512;
const modes = ["Immediate", "WaitForFirstConsumer"];

/** StorageClasses: how volumes for claims are made. */
export const storageClass = nameKind<StorageClass>({
  group: "storage.k8s.io",
  kind: "StorageClass",
  plural: "storageclasses",
  shortNames: ["sc"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const storageClassRules = /* @__PURE__ */ withRules(storageClass, {
  schema: "io.k8s.api.storage.v1.StorageClass",
  allowCreateOnUpdate: true,

  applyDefaults(draft) {
    draft.reclaimPolicy ??= "Delete";
    draft.volumeBindingMode ??= "Immediate";
  },

  validate({ provisioner = "", reclaimPolicy = "", volumeBindingMode, parameters = {} }) {
    const errors: FieldError[] = [];
    if (provisioner === "") errors.push(required("provisioner"));
    else
      for (const text of labelKeyErrors(provisioner.toLowerCase()))
        errors.push(invalid("provisioner", provisioner, text));
    if (Object.keys(parameters).length > parametersMax) {
      errors.push({ type: "FieldValueTooLong", field: "parameters", detail: "may not have more than 512 keys" });
    }
    if (Object.hasOwn(parameters, "")) errors.push(invalid("parameters", "", "field must not be empty."));
    if (reclaimPolicy !== "Delete" && reclaimPolicy !== "Retain") {
      errors.push(notSupported("reclaimPolicy", reclaimPolicy, ["Delete", "Retain"]));
    }
    if (volumeBindingMode === undefined) errors.push(required("volumeBindingMode"));
    else if (!modes.includes(volumeBindingMode))
      errors.push(notSupported("volumeBindingMode", volumeBindingMode, modes));
    return errors;
  },

  validateUpdate(object, old) {
    const errors: FieldError[] = [];
    if (!jsonEqual(object.parameters, old.parameters))
      errors.push(forbidden("parameters", "updates to parameters are forbidden."));
    if (object.provisioner !== old.provisioner)
      errors.push(forbidden("provisioner", "updates to provisioner are forbidden."));
    if (object.reclaimPolicy !== old.reclaimPolicy) {
      errors.push(forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden."));
    }
    const modes = { value: object.volumeBindingMode, old: old.volumeBindingMode };
    return [...errors, ...validateImmutable("volumeBindingMode", modes)];
  },
});
