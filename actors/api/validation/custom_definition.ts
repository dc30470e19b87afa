/**
 * The rules for definitions of custom resources, and for their schemas, which must be structural.
 */
import type { CustomResourceDefinitionSpec } from "kubernetes-types/apiextensions/v1.js";
import { regularExpression } from "../cel/regular.ts";
import { parseJsonPath } from "../custom/json_path.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { ruleCostErrors } from "../custom/rule_costs.ts";
import { compiledRules, withCommon } from "../custom/rules.ts";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen, ObjectMeta } from "../types.ts";
import { validateImmutable } from "./metadata.ts";
import { dns1035LabelErrors, dnsSubdomainErrors } from "./names.ts";
import { validateClientConfig } from "./webhooks.ts";

type Spec = Frozen<CustomResourceDefinitionSpec>;
type Version = Spec["versions"][number];

const scopes = ["Cluster", "Namespaced"];
const types = ["array", "boolean", "integer", "number", "object", "string"];
const protectedGroup = /(^|\.)(k8s|kubernetes)\.io$/;
const approval = "api-approved.kubernetes.io";
const depthMax = 64;

/** What is wrong with a definition. */
export function validateDefinition(spec: Spec, metadata: Frozen<ObjectMeta>): FieldError[] {
  const errors: FieldError[] = [];
  const { group = "", names, scope = "", versions = [] } = spec;
  const name = `${names?.plural}.${group}`;
  if (metadata.name !== name)
    errors.push(invalid("metadata.name", metadata.name, `must be spec.names.plural+"."+spec.group`));
  if (group === "") errors.push(required("spec.group"));
  else for (const text of dnsSubdomainErrors(group)) errors.push(invalid("spec.group", group, text));
  if (group !== "" && !group.includes(".")) {
    errors.push(invalid("spec.group", group, "should be a domain with at least one dot"));
  }
  if (protectedGroup.test(group) && !metadata.annotations?.[approval]) {
    const text = `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`;
    errors.push(required(`metadata.annotations[${approval}]`, text));
  }
  if (scope === "") errors.push(required("spec.scope"));
  else if (!scopes.includes(scope)) errors.push(notSupported("spec.scope", scope, scopes));
  addErrors(errors, validateNames(names, "spec.names"));
  const versionNames = versions.map((each) => each.name);
  if (new Set(versionNames).size < versions.length) {
    errors.push(invalid("spec.versions", versionNames, "must contain unique version names"));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalid("spec.versions", versionNames, "must have exactly one version marked as storage version"));
  }
  if (spec.preserveUnknownFields === true) {
    errors.push(
      invalid(
        "spec.preserveUnknownFields",
        true,
        "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
      ),
    );
  }
  for (const [index, version] of versions.entries())
    addErrors(errors, validateVersion(version, `spec.versions[${index}]`));
  addErrors(errors, conversionErrors(spec.conversion, "spec.conversion"));
  return errors;
}

/** What is wrong with how versions are converted; the fields are named as Kubernetes names them within. */
function conversionErrors(conversion: Spec["conversion"], at: string): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy, webhook } = conversion;
  const errors: FieldError[] = [];
  if (!strategy) errors.push(required(`${at}.strategy`));
  else if (strategy !== "None" && strategy !== "Webhook") {
    errors.push(notSupported(`${at}.strategy`, strategy, ["None", "Webhook"]));
  }
  const { clientConfig, conversionReviewVersions: versions = [] } = webhook ?? { conversionReviewVersions: [] };
  if (strategy !== "Webhook") {
    const text = "should not be set when strategy is not set to Webhook";
    if (clientConfig !== undefined) errors.push(forbidden(`${at}.webhookClientConfig`, text));
    if (versions.length > 0) errors.push(forbidden(`${at}.conversionReviewVersions`, text));
    return errors;
  }
  if (clientConfig === undefined) {
    errors.push(required(`${at}.webhookClientConfig`, "required when strategy is set to Webhook"));
  } else addErrors(errors, validateClientConfig(clientConfig, `${at}.webhookClientConfig`));
  addErrors(errors, reviewVersionErrors(versions, `${at}.conversionReviewVersions`));
  return errors;
}

const reviewVersions = ["v1", "v1beta1"];

function reviewVersionErrors(versions: readonly string[], at: string): FieldError[] {
  if (versions.length === 0) return [required(at)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    if (seen.has(version)) errors.push(invalid(`${at}[${index}]`, version, "duplicate version"));
    seen.add(version);
    for (const text of dns1035LabelErrors(version)) errors.push(invalid(`${at}[${index}]`, version, text));
  }
  if (!versions.some((each) => reviewVersions.includes(each))) {
    errors.push(invalid(at, versions, `must include at least one of ${reviewVersions.join(", ")}`));
  }
  return errors;
}

function validateNames(names: Spec["names"] | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const {
    plural = "",
    singular,
    kind = "",
    listKind,
    shortNames = [],
    categories = [],
  } = names ?? { kind: "", plural: "" };
  if (plural === "") errors.push(required(`${at}.plural`));
  else for (const text of dns1035LabelErrors(plural)) errors.push(invalid(`${at}.plural`, plural, text));
  if (singular) for (const text of dns1035LabelErrors(singular)) errors.push(invalid(`${at}.singular`, singular, text));
  if (kind === "") errors.push(required(`${at}.kind`));
  else {
    for (const text of dns1035LabelErrors(kind.toLowerCase())) {
      errors.push(invalid(`${at}.kind`, kind, `may have mixed case, but should otherwise match: ${text}`));
    }
  }
  if (kind !== "" && kind === listKind)
    errors.push(invalid(`${at}.listKind`, listKind, "kind and listKind may not be the same"));
  for (const [field, values] of Object.entries({ shortNames, categories })) {
    for (const [index, value] of values.entries()) {
      for (const text of dns1035LabelErrors(value)) errors.push(invalid(`${at}.${field}[${index}]`, value, text));
    }
  }
  return errors;
}

function validateVersion(version: Version, at: string): FieldError[] {
  const errors = dns1035LabelErrors(version.name).map((text) => invalid(`${at}.name`, version.name, text));
  const root = version.schema?.openAPIV3Schema as JsonSchema | undefined;
  const path = `${at}.schema.openAPIV3Schema`;
  if (root === undefined) errors.push(required(path, "schemas are required"));
  else {
    if (root.type !== "object") errors.push(invalid(`${path}.type`, root.type ?? "", "must be object at the root"));
    addErrors(errors, structuralErrors(root, path));
    addErrors(errors, ruleCostErrors(withCommon(root), path));
  }
  for (const [index, { name = "", type = "", jsonPath = "" }] of (version.additionalPrinterColumns ?? []).entries()) {
    const here = `${at}.additionalPrinterColumns[${index}]`;
    if (name === "") errors.push(required(`${here}.name`));
    if (!["boolean", "date", "integer", "number", "string"].includes(type)) {
      errors.push(invalid(`${here}.type`, type, "must be one of boolean,date,integer,number,string"));
    }
    if (jsonPath === "") errors.push(required(`${here}.jsonPath`));
    else if (parseJsonPath(jsonPath) === undefined)
      errors.push(invalid(`${here}.jsonPath`, jsonPath, "is not a valid jsonpath"));
  }
  const scale = version.subresources?.scale;
  if (scale !== undefined) {
    for (const [field, prefix] of [
      ["specReplicasPath", ".spec."],
      ["statusReplicasPath", ".status."],
    ] as const) {
      const value = scale[field];
      if (!value) errors.push(required(`${at}.subresources.scale.${field}`));
      else if (!value.startsWith(prefix)) {
        errors.push(
          invalid(`${at}.subresources.scale.${field}`, value, `should be a json path under ${prefix.slice(0, -1)}`),
        );
      }
    }
  }
  return errors;
}

/** What keeps a schema from being structural, or is no schema at all. */
function structuralErrors(schema: JsonSchema, at: string, depth = 0): FieldError[] {
  if (depth > depthMax) return [forbidden(at, `may not be nested more than ${depthMax} levels`)];
  const errors: FieldError[] = [];
  const isFree =
    schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const { type = "", items, properties, additionalProperties, pattern } = schema;
  if (type === "" && !isFree) errors.push(required(`${at}.type`, "must not be empty for specified object fields"));
  else if (type !== "" && !types.includes(type)) errors.push(notSupported(`${at}.type`, type, types));
  if (type === "array" && items === undefined) errors.push(required(`${at}.items`, "must be specified"));
  if (properties !== undefined && typeof additionalProperties === "object") {
    errors.push(forbidden(`${at}.additionalProperties`, "additionalProperties and properties are mutual exclusive"));
  }
  if (pattern !== undefined && regularExpression(pattern) === undefined) {
    errors.push(
      invalid(`${at}.pattern`, pattern, "must be a valid regular expression, but isn't: error parsing regexp"),
    );
  }
  if (schema.uniqueItems === true)
    errors.push(
      forbidden(
        `${at}.uniqueItems`,
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
      ),
    );
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "map" && (schema["x-kubernetes-list-map-keys"] ?? []).length === 0) {
    errors.push(required(`${at}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map"));
  }
  addErrors(errors, ruleCompileErrors(depth === 0 ? withCommon(schema) : schema, at));
  if (items !== undefined) addErrors(errors, structuralErrors(items, `${at}.items`, depth + 1));
  if (typeof additionalProperties === "object") {
    addErrors(errors, structuralErrors(additionalProperties, `${at}.additionalProperties`, depth + 1));
  }
  for (const [name, inner] of Object.entries(properties ?? {})) {
    // What every object has may be said again, and means nothing new.
    if (depth === 0 && name === "metadata") continue;
    addErrors(errors, structuralErrors(inner, `${at}.properties[${name}]`, depth + 1));
  }
  return errors;
}

function ruleCompileErrors(schema: JsonSchema, at: string): FieldError[] {
  const rules = schema["x-kubernetes-validations"] ?? [];
  if (rules.length === 0) return [];
  return compiledRules(schema).flatMap((compiled, index) => {
    const here = `${at}.x-kubernetes-validations[${index}].rule`;
    if (compiled === undefined) return [required(here, "")];
    return compiled.ok ? [] : [invalid(here, rules[index], `compilation failed: ${compiled.failure}`)];
  });
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
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) errors.push(invalid(at, name, `must have the storage version ${name}`));
  }
  for (const [index, name] of stored.entries()) {
    if (versions.some((each) => each.name === name)) continue;
    errors.push(invalid(`${at}[${index}]`, name, "must appear in spec.versions"));
  }
  return errors;
}

/** What is wrong with a changed definition. */
export function validateDefinitionUpdate(spec: Spec, old: Spec): FieldError[] {
  return [
    ...validateImmutable("spec.group", { value: spec.group, old: old.group }),
    ...validateImmutable("spec.scope", { value: spec.scope, old: old.scope }),
    ...validateImmutable("spec.names.kind", { value: spec.names.kind, old: old.names.kind }),
    ...validateImmutable("spec.names.plural", { value: spec.names.plural, old: old.names.plural }),
  ];
}
