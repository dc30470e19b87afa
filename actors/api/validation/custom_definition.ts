/**
 * The rules for definitions of custom resources, in the words of apiextensions-apiserver's
 * `pkg/apis/apiextensions/validation`. What all versions have alike is named, as there, as if it were the definition's.
 */
import type { CustomResourceDefinitionSpec } from "kubernetes-types/apiextensions/v1.js";
import type { JsonSchema } from "../custom/json_schema.ts";
import { compiledRules } from "../custom/rules.ts";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { type Frozen, jsonEqual, type ObjectMeta } from "../types.ts";
import { conversionErrors } from "./conversion_spec.ts";
import {
  columnErrors,
  definitionSchemaErrors,
  deprecationErrors,
  selectableErrors,
  subresourceErrors,
  type Version,
} from "./definition_version.ts";
import { validateImmutable } from "./metadata.ts";
import { dns1035LabelErrors, dnsSubdomainErrors } from "./names.ts";

type Spec = Frozen<CustomResourceDefinitionSpec>;
type Names = Partial<Spec["names"]>;

const scopes = ["Cluster", "Namespaced"];
const protectedGroup = /(^|\.)(k8s|kubernetes)\.io$/;
const approval = "api-approved.kubernetes.io";
const approvalPage = "see https://github.com/kubernetes/enhancements/pull/1111";
const depthMax = 64;

/** What is wrong with a definition; `old` is what it was, whose schemas may stay as they are. */
export function validateDefinition(spec: Spec, metadata: Frozen<ObjectMeta>, old?: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { group = "", names, scope = "" } = spec;
  if (metadata.name !== `${names?.plural ?? ""}.${group}`)
    errors.push(invalid("metadata.name", metadata.name, `must be spec.names.plural+"."+spec.group`));
  const groupTexts = dnsSubdomainErrors(group);
  if (group === "") errors.push(required("spec.group"));
  else if (groupTexts.length > 0) errors.push(invalid("spec.group", group, groupTexts.join(",")));
  else if (!group.includes(".")) {
    errors.push(invalid("spec.group", group, "should be a domain with at least one dot"));
  }
  if (scope === "") errors.push(required("spec.scope"));
  else if (!scopes.includes(scope)) errors.push(notSupported("spec.scope", scope, scopes));
  addErrors(errors, versionsErrors(spec, old));
  for (const field of ["plural", "singular", "kind", "listKind"] as const)
    if (!names?.[field]) errors.push(required(`spec.names.${field}`));
  addErrors(errors, nameErrors(names ?? {}, "spec.names"));
  addErrors(errors, sharedErrors(spec, old));
  addErrors(errors, conversionErrors(spec.conversion, "spec.conversion"));
  if (spec.preserveUnknownFields === true) {
    const text =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    errors.push(invalid("spec.preserveUnknownFields", true, text));
  }
  return errors;
}

/** What is wrong with the word that lets a definition be of a group of Kubernetes' own. */
export function approvalErrors(group: string, { annotations }: Frozen<ObjectMeta>): FieldError[] {
  if (!protectedGroup.test(group)) return [];
  const given = annotations?.[approval] ?? "";
  const at = `metadata.annotations[${approval}]`;
  const text = `protected groups must have approval annotation "${approval}"`;
  if (given === "") return [required(at, `${text}, ${approvalPage}`)];
  if (given.startsWith("unapproved") || /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+\S*$/.test(given)) return [];
  return [invalid(at, given, `${text} with either a URL or a reason starting with "unapproved", ${approvalPage}`)];
}

/** What versions may have alike. */
const parts = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"] as const;

type Shared = Partial<Pick<Version, (typeof parts)[number]>>;

/** What all versions have alike: that is said of the definition, and of no version. */
function sharedOf({ versions = [] }: Spec): { readonly shared: Shared; readonly own: readonly Version[] } {
  const [first, ...others] = versions;
  const alike = parts.filter((part) => first && others.every((each) => jsonEqual(each[part], first[part])));
  const shared: Record<string, unknown> = {};
  for (const part of alike) if (first?.[part] !== undefined) shared[part] = first[part];
  const own = versions.map((version) => {
    const rest: Record<string, unknown> = { ...version };
    for (const part of alike) delete rest[part];
    return rest as unknown as Version;
  });
  return { shared: shared as Shared, own };
}

const schemaOf = ({ schema }: Shared): JsonSchema | undefined => schema?.openAPIV3Schema as JsonSchema | undefined;

type Schemas = ReadonlyMap<string, JsonSchema | undefined>;

/** The schemas that an old definition's versions have: what is there already may stay. */
function schemasOf(old: Spec | undefined): Schemas {
  return new Map((old?.versions ?? []).map((version) => [version.name, schemaOf(version)]));
}

function versionsErrors(spec: Spec, old: Spec | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const { versions = [] } = spec;
  const { shared, own } = sharedOf(spec);
  const before = schemasOf(old);
  for (const [index, version] of versions.entries()) {
    if (schemaOf(version) === undefined)
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, "schemas are required"));
  }
  for (const [index, version] of own.entries()) {
    const at = `spec.versions[${index}]`;
    addErrors(errors, versionNameErrors(version.name, `${at}.name`));
    addErrors(errors, deprecationErrors(version, at));
    const schema = schemaOf(version);
    const hasStatus = (versions[index]?.subresources?.status ?? undefined) !== undefined;
    if (schema !== undefined && !jsonEqual(schema, before.get(version.name)))
      addErrors(errors, definitionSchemaErrors(schema, `${at}.schema.openAPIV3Schema`, { hasStatus }));
    addErrors(errors, subresourceErrors(version.subresources, `${at}.subresources`));
    addErrors(errors, columnErrors(version.additionalPrinterColumns, `${at}.additionalPrinterColumns`));
    const selectedFrom = schema ?? schemaOf(shared);
    if (selectedFrom !== undefined)
      addErrors(errors, selectableErrors(version.selectableFields, `${at}.selectableFields`, { schema: selectedFrom }));
  }
  const shown = own.map(shownVersion);
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(invalid("spec.versions", shown, "must contain unique version names"));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalid("spec.versions", shown, "must have exactly one version marked as storage version"));
  const [first] = versions;
  if (first?.name) addErrors(errors, versionNameErrors(first.name, "spec.version"));
  return errors;
}

function versionNameErrors(name: string | undefined, at: string): FieldError[] {
  const texts = dns1035LabelErrors(name ?? "");
  return texts.length > 0 ? [invalid(at, name ?? "", texts.join(","))] : [];
}

/** A version as errors show it: with the names that Kubernetes' own server has for its parts. */
function shownVersion(version: Version): object {
  const { name, served, storage, deprecated = false, deprecationWarning } = version;
  return {
    ...{ Name: name ?? "", Served: served ?? false, Storage: storage ?? false, Deprecated: deprecated },
    ...{ DeprecationWarning: deprecationWarning ?? null, Schema: version.schema ?? null },
    ...{ Subresources: version.subresources ?? null },
    ...{ AdditionalPrinterColumns: version.additionalPrinterColumns ?? null },
    ...{ SelectableFields: version.selectableFields ?? null },
  };
}

function sharedErrors(spec: Spec, old: Spec | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const { versions = [] } = spec;
  const { shared } = sharedOf(spec);
  const schema = schemaOf(shared);
  const hasStatus = versions.some(({ subresources }) => subresources?.status !== undefined);
  const before = schemasOf(old);
  if (schema !== undefined && !versions.every(({ name }) => jsonEqual(schema, before.get(name))))
    addErrors(errors, definitionSchemaErrors(schema, "spec.validation.openAPIV3Schema", { hasStatus }));
  addErrors(errors, subresourceErrors(shared.subresources, "spec.subresources"));
  addErrors(errors, columnErrors(shared.additionalPrinterColumns, "spec.additionalPrinterColumns"));
  if ((shared.selectableFields ?? []).length === 0) return errors;
  const at = "spec.selectableFields";
  if (schema === undefined)
    errors.push(invalid(at, "", "selectableFields may only be set when validations.schema is included"));
  else addErrors(errors, selectableErrors(shared.selectableFields, at, { schema }));
  return errors;
}

function nameErrors(names: Names, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { kind = "", listKind = "", shortNames = [], categories = [] } = names;
  for (const field of ["plural", "singular"] as const) {
    const name = names[field] ?? "";
    const texts = dns1035LabelErrors(name);
    if (name !== "" && texts.length > 0) errors.push(invalid(`${at}.${field}`, name, texts.join(",")));
  }
  for (const field of ["kind", "listKind"] as const) {
    const name = names[field] ?? "";
    const texts = dns1035LabelErrors(name.toLowerCase());
    if (name === "" || texts.length === 0) continue;
    const told = "may have mixed case, but should otherwise match";
    errors.push(invalid(`${at}.${field}`, name, `${told}: ${texts.join(",")}`));
  }
  addErrors(errors, labelErrors(shortNames, `${at}.shortNames`));
  if (kind !== "" && kind === listKind)
    errors.push(invalid(`${at}.listKind`, listKind, "kind and listKind may not be the same"));
  addErrors(errors, labelErrors(categories, `${at}.categories`));
  return errors;
}

function labelErrors(values: readonly string[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, value] of values.entries()) {
    const texts = dns1035LabelErrors(value);
    if (texts.length > 0) errors.push(invalid(`${at}[${index}]`, value, texts.join(",")));
  }
  return errors;
}

/** The functions of Kubernetes that rules of a schema call and that are not here: those rules are not enforced. */
export function missingFunctions(schema: JsonSchema, depth = 0): string[] {
  if (depth > depthMax) return [];
  const { items, additionalProperties, properties = {} } = schema;
  const own = compiledRules(schema).flatMap((rule) => (rule?.ok ? rule.value.missing : []));
  const inner = [items, additionalProperties, ...Object.values(properties)];
  return own.concat(inner.flatMap((each) => (typeof each === "object" ? missingFunctions(each, depth + 1) : [])));
}

/** What is wrong with the versions in which objects are stored: those have to be there until none is stored in them. */
export function storedVersionErrors({ versions = [] }: Spec, stored: readonly string[] = []): FieldError[] {
  const at = "status.storedVersions";
  if (stored.length === 0) return [invalid(at, stored, "must have at least one stored version")];
  const errors: FieldError[] = [];
  const [known, kept] = [new Set(versions.map(({ name }) => name)), new Set(stored)];
  for (const { name, storage } of versions) {
    if (storage && !kept.has(name)) errors.push(invalid(at, stored, `must have the storage version ${name}`));
  }
  for (const [index, name] of stored.entries()) {
    if (known.has(name)) continue;
    const told = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${at}[${index}]`, name, told));
  }
  return errors;
}

/** What is wrong with the names that a definition is said to have. */
export function acceptedNameErrors(names: Frozen<Names> | undefined): FieldError[] {
  return nameErrors(names ?? {}, "status.acceptedNames");
}

/** How a changed definition is judged. */
export interface UpdateOptions {
  /** Whether its objects are served: only then do its scope and kind have to stay. */
  readonly isServed: boolean;
}

/** What may not change in a definition. */
export function definitionUpdateErrors(spec: Spec, old: Spec, { isServed }: UpdateOptions): FieldError[] {
  const served = isServed
    ? [
        ...validateImmutable("spec.scope", { value: spec.scope, old: old.scope }),
        ...validateImmutable("spec.names.kind", { value: spec.names.kind, old: old.names.kind }),
      ]
    : [];
  return [
    ...served,
    ...validateImmutable("spec.group", { value: spec.group, old: old.group }),
    ...validateImmutable("spec.names.plural", { value: spec.names.plural, old: old.names.plural }),
  ];
}
