/**
 * What a kind is: its names, where it is stored and what can be asked of it, which all know who speak of its objects; and
 * with them its own rules, which API servers alone know. A worker's code has of a kind's file what it uses: rules, and
 * the schemas and validators that they reach, are half a megabyte.
 *
 * The API server works through a write in this order: decode by the schema, `applyDefaults`, admission
 * (the server's), `forgetDisabled`, `prepareForCreate` or `prepareForUpdate`, `validate` or `validateUpdate`, `toStorage`. The rules
 * that take a `draft` change it in place: whoever calls them owns it (see `thaw`).
 */
import type { WebhookClientConfig } from "kubernetes-types/admissionregistration/v1.js";
import type { FeatureGate, FeatureGates } from "./feature_gates.ts";
import type { FieldError } from "./field_error.ts";
import type { FieldReaders } from "./field_selector.ts";
import type { Fields, Frozen, KubeObject } from "./types.ts";
import { jsonEqual } from "./types.ts";
import { keepSystemMetadata, validateMetadata, validateMetadataUpdate } from "./validation/metadata.ts";
import { dnsSubdomainErrors } from "./validation/names.ts";

/** What can be asked of a kind. */
export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

/** All verbs, in the order in which discovery lists them. */
const allVerbs: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** Where in an object the fields of its Scale are, as paths joined by dots. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly labelSelector: string;
}

/**
 * A part of an object that is read or written by a path of its own. What can be done with an object beside that is no
 * part of it, and the API server's own.
 */
export type Subresource =
  | { readonly name: "status" }
  | { readonly name: "scale"; readonly paths: ScalePaths }
  | { readonly name: "finalize" }
  /** The conditions by which somebody says yes or no. */
  | { readonly name: "approval" };

/** Who creates an object, as far as an object may say so of itself. */
export interface Creator {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Which features are on, and what the object was; undefined for one that is new. */
export interface Disabled<T> {
  readonly gates: FeatureGates;
  readonly old: Frozen<T> | undefined;
}

/** A column of the tables of a kind that says itself how it is shown. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly priority: number;
  readonly description: string;
  /** What stands in an object's cell; undefined for nothing. */
  of(object: unknown): unknown;
}

/** How a kind of several versions is converted, where objects may be stored in any of them. */
export interface KindConversion {
  /** How the text of an object begins that is stored in this version. */
  readonly head: string;
  /** Who converts. Default: nobody, for versions differ in their apiVersion alone. */
  readonly webhook?: ConversionWebhook;
}

/** A webhook that converts objects of a kind. */
export interface ConversionWebhook {
  readonly clientConfig: Frozen<WebhookClientConfig>;
  /** The versions of ConversionReview that it knows, the preferred ones first. */
  readonly reviewVersions: readonly string[];
}

/** A kind as all know it who speak of its objects, of type `T`: plain data. */
export interface KindIdentity<T extends KubeObject = KubeObject> {
  /** The API group; `''` for the core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** What the keys of stored objects begin with, such as `/registry/pods`. */
  readonly storagePrefix: string;
  /** The apiVersion and kind in which objects are stored; differs where two groups share one storage. */
  readonly storageVersion: { readonly apiVersion: string; readonly kind: string };
  readonly subresources: readonly Subresource[];
  /** Whether `status` has a path of its own, so that ordinary writes leave it alone. */
  readonly hasStatus: boolean;
  /** The feature that has to be on for it to be served. Absent: it always is. */
  readonly gate?: FeatureGate;
  /** Never there: it says to the compiler what the objects are. */
  objects?(object: T): void;
}

/** A kind with its own rules, as functions of one object, or of a new and an old one. */
export interface KindDefinition<T extends KubeObject = KubeObject> extends KindIdentity<T> {
  /** The name of the kind's definition in the schema, such as `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
  /** Whether an update may create the object, and whether it may leave out the resource version. */
  readonly allowCreateOnUpdate: boolean;
  readonly allowUnconditionalUpdate: boolean;
  /** After how many seconds a stored object vanishes; 0 for never. */
  readonly storageTtlSeconds: number;
  /** The seconds a delete gives an object when the client names none; 0 removes at once. */
  gracePeriodSeconds(object: Frozen<T>): number;
  /** The fields by which objects can be selected. */
  readonly fieldSelectors: FieldReaders<Frozen<T>>;
  /** Fills in what the client left out, as the version's defaults say. */
  applyDefaults(draft: T): void;
  /** Forgets what a draft says for features that are off, but for what the object as it is says, too: before it is prepared. */
  forgetDisabled(draft: T, disabled: Disabled<T>): void;
  /** `by` is who creates it; absent where nobody is asked. */
  prepareForCreate(draft: T, by?: Creator): void;
  prepareForUpdate(draft: T, old: Frozen<T>): void;
  prepareForStatusUpdate(draft: T, old: Frozen<T>, nowMs: number): void;
  /** For the part `approval`. Default: as a status is written. */
  prepareForApproval(draft: T, old: Frozen<T>, nowMs: number): void;
  validate(object: Frozen<T>): FieldError[];
  validateUpdate(object: Frozen<T>, old: Frozen<T>): FieldError[];
  validateStatusUpdate(object: Frozen<T>, old: Frozen<T>): FieldError[];
  /** What a client is warned of when it creates an object, or changes what `old` was. */
  warnings(object: Frozen<T>, old?: Frozen<T>): Iterable<string>;
  /** How objects are shown in tables; absent where the server has a table for the kind, or shows but name and age. */
  readonly printerColumns?: readonly PrinterColumn[];
  /** What everybody is told who asks for the kind; absent when it is not deprecated. */
  readonly deprecation?: string;
  /** Absent where all objects are stored in one version, to and from which the kind itself converts. */
  readonly conversion?: KindConversion;
  /** The object in the version in which it is stored. */
  toStorage(object: Frozen<T>): Frozen<KubeObject>;
  /** The stored object in this kind's own version. */
  fromStorage(object: Frozen<KubeObject>): Frozen<T>;
  /**
   * Makes of a stored object what it is as it is read now, in place, still in the version in which it is stored, and says
   * whether that is another: clients may have changed what its kind knows since. Absent for kinds that stay as they are.
   */
  readonly reread?: (draft: KubeObject) => boolean;
}

/** What a kind's file writes down of who it is; everything else follows from it. */
export interface IdentityOptions {
  /** Default `''`: the core group. */
  group?: string;
  /** Default `v1`. */
  version?: string;
  kind: string;
  /** Default: the kind and `List`. */
  listKind?: string;
  plural: string;
  /** Default: the kind in lower case. */
  singular?: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  /** Default true. */
  namespaced?: boolean;
  /** Default: all. */
  verbs?: readonly Verb[];
  /** Default `/registry/` and the plural. */
  storagePrefix?: string;
  /** Default: the kind's own. */
  storageVersion?: { apiVersion: string; kind: string };
  subresources?: readonly Subresource[];
  /** Default: it is served always. */
  gate?: FeatureGate;
}

/** What a kind's file writes down of its rules; the others follow. */
export interface RulesOptions<T extends KubeObject> {
  schema: string;
  allowCreateOnUpdate?: boolean;
  /** Default true. */
  allowUnconditionalUpdate?: boolean;
  /** Default 0: never. */
  storageTtlSeconds?: number;
  /** Whether a create may bring a status, as a kubelet does for its node. Default false. */
  keepsStatusOnCreate?: boolean;
  gracePeriodSeconds?(object: Frozen<T>): number;
  fieldSelectors?: FieldReaders<Frozen<T>>;
  /** What is wrong with a name. Default: the rules of a DNS subdomain. */
  nameErrors?(name: string): string[];
  /** Whether `metadata.generation` counts changes of the spec. Default: if there is a status path. */
  countsGenerations?: boolean;
  applyDefaults?(draft: T): void;
  /** Default: nothing of it depends on features. */
  forgetDisabled?(draft: T, disabled: Disabled<T>): void;
  /** Runs after the general preparation. */
  prepareForCreate?(draft: T, by?: Creator): void;
  prepareForUpdate?(draft: T, old: Frozen<T>): void;
  prepareForStatusUpdate?(draft: T, old: Frozen<T>, nowMs: number): void;
  prepareForApproval?(draft: T, old: Frozen<T>, nowMs: number): void;
  /** Runs after the rules for metadata, as the others do. */
  validate?(object: Frozen<T>): FieldError[];
  /** What is wrong with a new object alone: one that is there already is let be. */
  validateCreate?(object: Frozen<T>): FieldError[];
  validateUpdate?(object: Frozen<T>, old: Frozen<T>): FieldError[];
  validateStatusUpdate?(object: Frozen<T>, old: Frozen<T>): FieldError[];
  /** Default: nothing. */
  warnings?(object: Frozen<T>, old?: Frozen<T>): Iterable<string>;
  /** Default: it is not deprecated. */
  deprecation?: string;
  printerColumns?: readonly PrinterColumn[];
  toStorage?(object: Frozen<T>): Frozen<KubeObject>;
  fromStorage?(object: Frozen<KubeObject>): Frozen<T>;
}

/** `group/version`, or the version alone for the core group. */
export function groupVersionOf(kind: { group: string; version: string }): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** The key under which an object of the kind is stored. */
export function storageKey(kind: KindIdentity, object: { namespace?: string; name: string }): string {
  const { storagePrefix, namespaced } = kind;
  return namespaced ? `${storagePrefix}/${object.namespace ?? ""}/${object.name}` : `${storagePrefix}/${object.name}`;
}

/** What the keys of all objects of the kind, or of those in one namespace, begin with. */
export function storageRange(kind: KindIdentity, namespace = ""): string {
  return kind.namespaced && namespace !== "" ? `${kind.storagePrefix}/${namespace}/` : `${kind.storagePrefix}/`;
}

const fieldsOf = (object: object): Fields => object as Fields;

function putField(target: object, source: object, name: string): void {
  const value = fieldsOf(source)[name];
  if (value === undefined) delete fieldsOf(target)[name];
  else fieldsOf(target)[name] = value;
}

function keepAllButStatus(draft: KubeObject, old: Frozen<KubeObject>): void {
  keepSystemMetadata(draft, old);
  for (const name of Object.keys({ ...draft, ...old })) {
    if (name !== "status" && name !== "metadata") putField(draft, old, name);
  }
}

/** Whether anything but metadata and status differs: what a generation counts. */
function specChanged(object: object, old: object): boolean {
  const left = { ...fieldsOf(object), metadata: null, status: null };
  const right = { ...fieldsOf(old), metadata: null, status: null };
  return !jsonEqual(left, right);
}

/** A kind by its names, with what follows from them. */
export function nameKind<T extends KubeObject>(options: IdentityOptions): KindIdentity<T> {
  const { group = "", version = "v1", kind, plural, subresources = [] } = options;
  return {
    group,
    version,
    kind,
    listKind: options.listKind ?? `${kind}List`,
    plural,
    singular: options.singular ?? kind.toLowerCase(),
    shortNames: options.shortNames ?? [],
    categories: options.categories ?? [],
    namespaced: options.namespaced ?? true,
    verbs: options.verbs ?? allVerbs,
    storagePrefix: options.storagePrefix ?? `/registry/${plural}`,
    storageVersion: options.storageVersion ?? { apiVersion: groupVersionOf({ group, version }), kind },
    subresources,
    hasStatus: subresources.some(({ name }) => name === "status"),
    ...(options.gate === undefined ? {} : { gate: options.gate }),
  };
}

/**
 * The definition of a kind, with the rules that all kinds share wrapped around its own. It does nothing else, and a call
 * that says so (`@__PURE__`) is left out of bundles where nobody uses what it returns.
 */
export function withRules<T extends KubeObject>(
  identity: KindIdentity<T>,
  options: RulesOptions<T>,
): KindDefinition<T> {
  const { namespaced, hasStatus } = identity;
  const countsGenerations = options.countsGenerations ?? hasStatus;
  const nameErrors = options.nameErrors ?? dnsSubdomainErrors;

  return {
    ...identity,
    schema: options.schema,
    allowCreateOnUpdate: options.allowCreateOnUpdate ?? false,
    allowUnconditionalUpdate: options.allowUnconditionalUpdate ?? true,
    storageTtlSeconds: options.storageTtlSeconds ?? 0,
    gracePeriodSeconds: (object) => options.gracePeriodSeconds?.(object) ?? 0,
    fieldSelectors: {
      "metadata.name": (object) => object.metadata.name,
      ...(namespaced ? { "metadata.namespace": (object: Frozen<T>) => object.metadata.namespace ?? "" } : {}),
      ...options.fieldSelectors,
    },
    applyDefaults: (draft) => options.applyDefaults?.(draft),
    forgetDisabled: (draft, disabled) => options.forgetDisabled?.(draft, disabled),
    prepareForCreate(draft, by) {
      if (countsGenerations) draft.metadata.generation = 1;
      if (hasStatus && options.keepsStatusOnCreate !== true) fieldsOf(draft).status = {};
      options.prepareForCreate?.(draft, by);
    },
    prepareForUpdate(draft, old) {
      keepSystemMetadata(draft, old);
      if (hasStatus) putField(draft, old, "status");
      options.prepareForUpdate?.(draft, old);
      if (countsGenerations && specChanged(draft, old)) {
        draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
      }
    },
    prepareForStatusUpdate(draft, old, nowMs) {
      keepAllButStatus(draft, old);
      options.prepareForStatusUpdate?.(draft, old, nowMs);
    },
    prepareForApproval(draft, old, nowMs) {
      keepAllButStatus(draft, old);
      options.prepareForApproval?.(draft, old, nowMs);
    },
    validate: (object) => [
      ...validateMetadata(object.metadata, { namespaced, nameErrors }),
      ...(options.validate?.(object) ?? []),
      ...(options.validateCreate?.(object) ?? []),
    ],
    validateUpdate: (object, old) => [
      ...validateMetadataUpdate(object.metadata, old.metadata),
      ...validateMetadata(object.metadata, { namespaced, nameErrors }),
      ...(options.validate?.(object) ?? []),
      ...(options.validateUpdate?.(object, old) ?? []),
    ],
    validateStatusUpdate: (object, old) => [
      ...validateMetadataUpdate(object.metadata, old.metadata),
      ...validateMetadata(object.metadata, { namespaced, nameErrors }),
      ...(options.validateStatusUpdate?.(object, old) ?? []),
    ],
    warnings: (object, old) => options.warnings?.(object, old) ?? [],
    ...(options.deprecation === undefined ? {} : { deprecation: options.deprecation }),
    ...(options.printerColumns === undefined ? {} : { printerColumns: options.printerColumns }),
    toStorage: (object) => options.toStorage?.(object) ?? object,
    // Without a conversion the stored version is the kind's own, so the object is of the kind's type.
    fromStorage: (object) => options.fromStorage?.(object) ?? (object as unknown as Frozen<T>),
  };
}

/** A kind that nobody but API servers knows: its names and rules in one. */
export function defineKind<T extends KubeObject>(options: IdentityOptions & RulesOptions<T>): KindDefinition<T> {
  return withRules(nameKind<T>(options), options);
}
