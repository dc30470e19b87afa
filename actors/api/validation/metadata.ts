/**
 * The rules for metadata that hold for every kind, as k8s.io/apimachinery api/validation.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, required, tooLong } from "../field_error.ts";
import type { Frozen, KubeObject, ObjectMeta, OwnerReference } from "../types.ts";
import { jsonEqual, thaw } from "../types.ts";
import { dnsLabelErrors, labelKeyErrors, labelValueErrors } from "./names.ts";

/** The text for a field that may not change after creation. */
export const immutableText = "field is immutable";

/** Of so many controllers the answer tells, as it repeats all owners each time. */
const controllersMax = 16;
const annotationsBytesMax = 256 * 1024;
const standardFinalizers: ReadonlySet<string> = new Set([
  "kubernetes",
  "orphan",
  "foregroundDeletion",
  "customresourcecleanup.apiextensions.k8s.io",
]);

/** How a kind's metadata is checked. */
export interface MetadataRules {
  namespaced: boolean;
  /** What is wrong with a name. */
  nameErrors: (name: string) => string[];
}

type Meta = Frozen<ObjectMeta>;

/** What is wrong with the metadata of a new object. */
export function validateMetadata(metadata: Meta, rules: MetadataRules): FieldError[] {
  const errors: FieldError[] = [];
  const { generateName, name, namespace = "" } = metadata;
  if (generateName) {
    // The suffix replaces the dash that may end a base, so the base is judged without it.
    const base = generateName.endsWith("-") ? `${generateName.slice(0, -1)}a` : generateName;
    for (const text of rules.nameErrors(base)) errors.push(invalid("metadata.generateName", generateName, text));
  }
  if (!name) errors.push(required("metadata.name", "name or generateName is required"));
  else for (const text of rules.nameErrors(name)) errors.push(invalid("metadata.name", name, text));
  if (!rules.namespaced) {
    if (namespace) errors.push(forbidden("metadata.namespace", "not allowed on this type"));
  } else if (!namespace) errors.push(required("metadata.namespace"));
  else for (const text of dnsLabelErrors(namespace)) errors.push(invalid("metadata.namespace", namespace, text));
  addErrors(errors, validateLabels(metadata.labels, "metadata.labels"));
  addErrors(errors, validateAnnotations(metadata.annotations, "metadata.annotations"));
  addErrors(errors, validateOwnerReferences(metadata.ownerReferences ?? []));
  for (const finalizer of metadata.finalizers ?? [])
    addErrors(errors, validateFinalizer(finalizer, "metadata.finalizers"));
  return errors;
}

/** What is wrong with labels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) {
    for (const text of labelKeyErrors(key)) errors.push(invalid(field, key, text));
    const value = labels[key] ?? "";
    for (const text of labelValueErrors(value)) errors.push(invalid(field, value, text));
  }
  return errors;
}

/** What is wrong with annotations. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const key in annotations) {
    for (const text of labelKeyErrors(key.toLowerCase())) errors.push(invalid(field, key, text));
    bytes += key.length + (annotations[key] ?? "").length;
  }
  if (bytes > annotationsBytesMax) errors.push(tooLong(field, annotationsBytesMax));
  return errors;
}

function validateOwnerReferences(references: readonly Frozen<OwnerReference>[]): FieldError[] {
  const field = "metadata.ownerReferences";
  const errors: FieldError[] = [];
  let controller: Frozen<OwnerReference> | undefined;
  let controllers = 0;
  for (const reference of references) {
    const { apiVersion, kind, name, uid } = reference;
    const steps = apiVersion.split("/");
    const version = steps.length > 2 ? "" : steps.at(-1);
    if (version === "") errors.push(invalid(`${field}.apiVersion`, apiVersion, "version must not be empty"));
    if (!kind) errors.push(invalid(`${field}.kind`, kind, "must not be empty"));
    if (!name) errors.push(invalid(`${field}.name`, name, "must not be empty"));
    if (!uid) errors.push(invalid(`${field}.uid`, uid, "must not be empty"));
    if (kind === "Event" && apiVersion === "v1")
      errors.push(invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner"));
    if (!reference.controller) continue;
    controllers += 1;
    if (controller !== undefined && controllers <= controllersMax) {
      const both = `${controller.kind}/${controller.name} and ${kind}/${name}`;
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${both}`;
      errors.push(invalid(field, references, text));
    }
    controller ??= reference;
  }
  return errors;
}

/** What is wrong with the name of a finalizer. */
export function validateFinalizer(finalizer: string, field: string): FieldError[] {
  const errors = labelKeyErrors(finalizer).map((text) => invalid(field, finalizer, text));
  if (errors.length === 0 && !finalizer.includes("/") && !standardFinalizers.has(finalizer)) {
    errors.push(invalid(field, finalizer, "name is neither a standard finalizer name nor is it fully qualified"));
  }
  return errors;
}

const immutableMeta = [
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

/** What is wrong with changed metadata, beyond what `validateMetadata` finds. */
export function validateMetadataUpdate(metadata: Meta, old: Meta): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const known = new Set(old.finalizers ?? []);
    const added = (metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
    if (added.length > 0) {
      const list = `[]string{${added.map((each) => JSON.stringify(each)).join(", ")}}`;
      const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      errors.push(forbidden("metadata.finalizers", text));
    }
  }
  for (const key of immutableMeta) {
    const value = metadata[key];
    if (value !== old[key]) errors.push(invalid(`metadata.${key}`, value, immutableText));
  }
  return errors;
}

/** What is wrong if `value` differs from `old`: the field may not change. */
export function validateImmutable(field: string, values: { value: unknown; old: unknown }): FieldError[] {
  return jsonEqual(values.value, values.old) ? [] : [invalid(field, values.value, immutableText)];
}

/** What is wrong with a number that may not be negative. */
export function validateNonNegative(value: number | undefined, field: string): FieldError[] {
  if (value === undefined || value >= 0) return [];
  return [invalid(field, value, "must be greater than or equal to 0")];
}

/** The values that occur more than once among `values`, as errors at `field[index]` joined with `suffix`. */
export function validateUnique(values: readonly string[], at: (index: number) => string): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  values.forEach((value, index) => {
    if (seen.has(value)) errors.push(duplicate(at(index), value));
    seen.add(value);
  });
  return errors;
}

/** Takes over from the stored object what a client may leave out or may not change. */
export function keepSystemMetadata(draft: KubeObject, old: Frozen<KubeObject>): void {
  const target = draft.metadata;
  const source = old.metadata;
  if (!target.uid && source.uid) target.uid = source.uid;
  if (!target.creationTimestamp && source.creationTimestamp) target.creationTimestamp = source.creationTimestamp;
  if (source.deletionTimestamp) {
    target.deletionTimestamp = source.deletionTimestamp;
    if (source.deletionGracePeriodSeconds !== undefined) {
      target.deletionGracePeriodSeconds = source.deletionGracePeriodSeconds;
    }
  }
  if (source.generateName && !target.generateName) target.generateName = source.generateName;
  delete target.selfLink;
  if (source.generation === undefined) delete target.generation;
  else target.generation = source.generation;
}

/** What of the metadata a write of the status alone cannot change, for kinds that hold their status to be no more. */
export function keepMetadataForStatus(draft: KubeObject, old: Frozen<KubeObject>): void {
  for (const name of ["labels", "annotations", "finalizers", "ownerReferences"] as const) {
    const before = old.metadata[name];
    if (before === undefined) delete draft.metadata[name];
    else Object.assign(draft.metadata, { [name]: thaw(before) });
  }
}
