import { type FieldError, type FieldErrorType, invalid } from "../field_error.ts";
import type { FieldReaders } from "../field_selector.ts";
import { type KindConversion, type KindDefinition, type PrinterColumn, withRules } from "../kind.ts";
import type { CustomResourceDefinition } from "../kinds/custom_resource_definition.ts";
import type { Fields, Frozen, KubeObject } from "../types.ts";
import { keepMetadataForStatus, validateMetadata, validateMetadataUpdate } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";
import { customName, servedVersions, type Version, type Versions } from "./custom_names.ts";
import { defineSchema } from "./definition.ts";
import { fillIn } from "./fill_in.ts";
import { parseJsonPath, valuesAt } from "./json_path.ts";
import type { JsonSchema } from "./json_schema.ts";
import { isEstablished } from "./judged_names.ts";
import { prune } from "./prune.ts";
import { hasRules, ruleErrors, withCommon } from "./rules.ts";
import { schemaErrors } from "./validate.ts";

/** The kinds that a definition brings: one for each version that is served, the version that is stored among them. */
export function customKinds(definition: Frozen<CustomResourceDefinition>): readonly KindDefinition[] {
  let kinds = known.get(definition);
  if (kinds === undefined) {
    kinds = kindsBySpec(definition);
    known.set(definition, kinds);
  }
  return kinds;
}

/** By definition, which never changes: schemas are long. */
const known = new WeakMap<Frozen<CustomResourceDefinition>, readonly KindDefinition[]>();
/** By what definitions say, those used last at the end: a change of a definition's status makes no other kinds of it. */
const ofSpecs = new Map<string, readonly KindDefinition[]>();
const ofSpecsMax = 1_000;

function kindsBySpec(definition: Frozen<CustomResourceDefinition>): readonly KindDefinition[] {
  const text = JSON.stringify([definition.spec, definition.status?.acceptedNames, isEstablished(definition)]);
  const kinds = ofSpecs.get(text) ?? kindsOf(definition);
  ofSpecs.delete(text);
  ofSpecs.set(text, kinds);
  const [oldest = ""] = ofSpecs.size > ofSpecsMax ? ofSpecs.keys() : [];
  ofSpecs.delete(oldest);
  return kinds;
}

function kindsOf(definition: Frozen<CustomResourceDefinition>): readonly KindDefinition[] {
  return servedVersions(definition).map((versions) => customKind(definition, versions));
}

function customKind(definition: Frozen<CustomResourceDefinition>, { version, stored }: Versions): KindDefinition {
  const { spec } = definition;
  const { group } = spec;
  const { kind } = spec.names;
  const schema = (version.schema?.openAPIV3Schema ?? {}) as JsonSchema;
  const apiVersion = `${group}/${version.name}`;
  const storedApiVersion = `${group}/${stored.name}`;
  const own = withoutCommon(schema);
  const hasStatus = version.subresources?.status !== undefined;
  const as = (object: Frozen<KubeObject>, shown: string): Frozen<KubeObject> =>
    object.apiVersion === shown ? object : { ...object, apiVersion: shown };
  const rules = withCommon(schema);
  // Rules speak of what a schema is kept by: they come when it is.
  const errorsOf = (object: Frozen<KubeObject>, old?: Frozen<KubeObject>): FieldError[] => {
    const errors = schemaErrors(withoutMetadata(object), own, {
      path: "",
      ...(old ? { old: withoutMetadata(old) } : {}),
    });
    if (!hasRules(rules)) return errors;
    if (errors.some(({ type }) => blocking.has(type))) return [...errors, uncheckedRules];
    return [...errors, ...ruleErrors(rules, object, old)];
  };
  const defined = withRules(customName(definition, { version, stored }), {
    schema: defineSchema({ group, version: version.name, kind }, schema),
    allowUnconditionalUpdate: false,
    countsGenerations: true,
    printerColumns: columnsOf(version),
    ...(version.deprecated === true
      ? { deprecation: version.deprecationWarning ?? `${apiVersion} ${kind} is deprecated` }
      : {}),

    fieldSelectors: selectableOf(version),
    applyDefaults: (draft) => fillIn(draft, schema),
    forgetDisabled() {},
    prepareForCreate(draft) {
      if (hasStatus) delete (draft as unknown as Fields).status;
    },
    prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),
    validate: (object) => errorsOf(object),
    validateStatusUpdate: (object, old) => errorsOf(object, old),
    toStorage: (object) => as(object, storedApiVersion),
    fromStorage: (object) => as(object, apiVersion),
  });
  const validateUpdate: typeof defined.validateUpdate = (object, old) => [
    ...validateMetadataUpdate(object.metadata, old.metadata),
    ...validateMetadata(object.metadata, { namespaced: defined.namespaced, nameErrors: dnsSubdomainErrors }),
    ...errorsOf(object, old),
  ];
  const conversion = conversionOf(spec, apiVersion);
  const reread = (draft: KubeObject) => rereadBy(spec, draft);
  return { ...defined, validateUpdate, reread, ...(conversion ? { conversion } : {}) } as KindDefinition;
}

/**
 * Makes of a stored object what it is now that its schema may be another than when it was written: without what the schema
 * of its version no longer knows, and with what that has defaults for. Says whether that is another object.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
function rereadBy({ group, versions }: Frozen<CustomResourceDefinition>["spec"], draft: KubeObject): boolean {
  const own = versions.find(({ name }) => `${group}/${name}` === draft.apiVersion);
  const schema = own?.schema?.openAPIV3Schema as JsonSchema | undefined;
  if (schema === undefined) return false;
  const isPruned = prune(draft as KubeObject & Fields, schema).length > 0;
  return fillIn(draft, schema) || isPruned;
}

/** Absent where there is nothing to convert. */
function conversionOf(
  { versions, conversion }: Frozen<CustomResourceDefinition>["spec"],
  apiVersion: string,
): KindConversion | undefined {
  if (versions.length === 1) return undefined;
  const head = `{"apiVersion":${JSON.stringify(apiVersion)},`;
  const { clientConfig, conversionReviewVersions: reviewVersions } = conversion?.webhook ?? {};
  if (conversion?.strategy !== "Webhook" || !clientConfig || !reviewVersions) return { head };
  return { head, webhook: { clientConfig, reviewVersions } };
}

/** With such errors an object is not what rules are written for. */
const blocking: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);
const uncheckedRules = invalid(
  "<nil>",
  undefined,
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
);

/** What the objects' own schema is about: what every object has is judged as for all kinds. */
function withoutMetadata({
  apiVersion: _version,
  kind: _kind,
  metadata: _metadata,
  ...own
}: Frozen<KubeObject>): Fields {
  return own as Fields;
}

function withoutCommon(schema: JsonSchema): JsonSchema {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...properties } = schema.properties ?? {};
  const required = (schema.required ?? []).filter((name) => !["apiVersion", "kind", "metadata"].includes(name));
  return { ...schema, properties, required };
}

/** What is shown of objects whose definition says nothing of it: how old they are. */
const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

function columnsOf({ additionalPrinterColumns = [] }: Version): readonly PrinterColumn[] {
  // Columns of which one leads nowhere are none, as in Kubernetes.
  const isRead = additionalPrinterColumns.every(({ jsonPath }) => parseJsonPath(jsonPath) !== undefined);
  const columns: NonNullable<Version["additionalPrinterColumns"]> =
    additionalPrinterColumns.length > 0 && isRead ? additionalPrinterColumns : [age];
  return columns.map(({ name, type, format = "", priority = 0, description = "", jsonPath }) => {
    const path = parseJsonPath(jsonPath) ?? [];
    return { name, type, format, priority, description, of: (object) => valuesAt(object, path)[0] };
  });
}

/** The fields by which objects can be selected, as the definition names them. */
function selectableOf({ selectableFields = [] }: Version): FieldReaders<Frozen<KubeObject>> {
  const readers = selectableFields.map(({ jsonPath }) => {
    const path = parseJsonPath(jsonPath) ?? [];
    const read = (object: Frozen<KubeObject>): string => {
      const [value] = valuesAt(object, path);
      return value === undefined || value === null ? "" : String(value);
    };
    return [jsonPath.replace(/^\./, ""), read] as const;
  });
  return Object.fromEntries(readers);
}
