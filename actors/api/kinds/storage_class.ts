import type { StorageClass as CoreStorageClass } from "kubernetes-types/storage/v1.js";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../types.ts";
import { validateImmutable, validateUnique } from "../validation/metadata.ts";
import { labelKeyErrors } from "../validation/names.ts";
import { parameterErrors, provisionerErrors } from "../validation/storage_parameters.ts";
import { deprecatedNodeLabel } from "../warnings/node_labels.ts";

type Rest = Omit<CoreStorageClass, "apiVersion" | "kind" | "metadata" | "reclaimPolicy" | "volumeBindingMode">;

/** A sort of volumes, and who makes them. */
export interface StorageClass extends KubeObject, Rest {
  reclaimPolicy?: string;
  volumeBindingMode?: string;
}

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

  validate({ provisioner = "", reclaimPolicy = "", volumeBindingMode, parameters = {}, allowedTopologies = [] }) {
    const errors = provisionerErrors(provisioner, "provisioner");
    addErrors(errors, parameterErrors(parameters, "parameters"));
    if (reclaimPolicy !== "" && reclaimPolicy !== "Delete" && reclaimPolicy !== "Retain") {
      errors.push(notSupported("reclaimPolicy", reclaimPolicy, ["Delete", "Retain"]));
    }
    if (volumeBindingMode === undefined) errors.push(required("volumeBindingMode"));
    else if (!modes.includes(volumeBindingMode))
      errors.push(notSupported("volumeBindingMode", volumeBindingMode, modes));
    addErrors(errors, topologyErrors(allowedTopologies, "allowedTopologies"));
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

  *warnings({ allowedTopologies = [] }) {
    for (const [index, { matchLabelExpressions = [] }] of allowedTopologies.entries()) {
      for (const [place, { key }] of matchLabelExpressions.entries()) {
        const why = deprecatedNodeLabel(key);
        if (why === undefined) continue;
        yield `allowedTopologies[${index}].matchLabelExpressions[${place}].key: ${key} is ${why}`;
      }
    }
  },
});

type Terms = NonNullable<Frozen<StorageClass>["allowedTopologies"]>;

function topologyErrors(terms: Terms, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const known = new Set<string>();
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    const here = `${at}[${index}].matchLabelExpressions`;
    const keys = new Map<string, readonly string[]>();
    for (const [place, { key, values = [] }] of matchLabelExpressions.entries()) {
      const there = `${here}[${place}]`;
      if (values.length === 0) errors.push(required(`${there}.values`));
      addErrors(
        errors,
        validateUnique(values, (which) => `${there}.values[${which}]`),
      );
      for (const text of labelKeyErrors(key)) errors.push(invalid(`${there}.key`, key, text));
      if (keys.has(key)) errors.push(duplicate(`${there}.key`, key));
      keys.set(key, [...new Set(values)].sort());
    }
    const term = JSON.stringify([...keys].sort(([one], [other]) => (one < other ? -1 : 1)));
    if (known.has(term)) errors.push(duplicate(here, ""));
    known.add(term);
  }
  return errors;
}
