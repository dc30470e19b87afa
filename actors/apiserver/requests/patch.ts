import type { Step } from "../../../runtime/mod.ts";
import type { Conflict } from "../../api/apply/apply.ts";
import { tellConflicts } from "../../api/apply/conflicts.ts";
import { structShape } from "../../api/apply/kind_shape.ts";
import { encodeEntries, type Managers } from "../../api/apply/managers.ts";
import { typedConfigError } from "../../api/apply/typed_config.ts";
import { invalid } from "../../api/field_error.ts";
import { groupVersionOf, storageKey } from "../../api/kind.ts";
import {
  applyConflict,
  badRequest,
  invalidObject,
  notFound,
  type Status,
  unknownFailure,
  unsupportedMediaType,
} from "../../api/status.ts";
import { typeMetaError } from "../../api/type_meta.ts";
import { type Fields, type Frozen, thaw } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Current, type Decided, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import type { Item } from "../storage/item.ts";
import { checkName, checkType, keepReset, placeInNamespace } from "./body.ts";
import {
  type Call,
  type Draft,
  type Existing,
  groupResource,
  isDryRun,
  respondItem,
  respondStatus,
  whenShown,
} from "./call.ts";
import { createObject } from "./create.ts";
import { checkFields } from "./field_validation.ts";
import { type Asking, applied, managersOf } from "./owners.ts";
import { type ApplyDocument, type PatchDocument, patchTypes, readPatch } from "./patch_document.ts";
import { isCustom } from "./refused_verb.ts";
import { existing, type Part, updateChange } from "./write_object.ts";
import { applyOptionsError } from "./write_options.ts";

/** So often an apply finds that an object has come, or gone, since it was looked at. */
const looksMax = 5;

/** Patches an object, or one part of it; an apply creates an object that is not there. */
export function patch(server: Server, call: Call, step: Step, part: Part = "object") {
  patchAt({ server, call }, { part, look: 1 }, step);
}

interface Look {
  readonly part: Part;
  /** Which it is, from 1. */
  readonly look: number;
}

function patchAt(asked: Omit<Asking, "step">, { part, look }: Look, step: Step) {
  const { server, call } = asked;
  const read = readPatch(call.request, call.client === undefined && call.query.fieldValidation === undefined);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const document = read.value;
  // Nobody has told how to merge the lists of custom resources.
  if (call.request.contentType === strategic && isCustom(call.kind)) {
    return respondStatus(call, step, unsupportedMediaType(patchTypes.filter((type) => type !== strategic)));
  }
  const { config } = document;
  const wrong =
    applyOptionsError(call.query, config !== undefined) ?? (config ? applyError(call, document) : undefined);
  if (wrong) return respondStatus(call, step, wrong);
  const { kind, namespace, name } = call;
  const key = storageKey(kind, { namespace, name });
  const resource = groupResource(call);
  let absent = false;
  const warned = call.warnings.length;
  guaranteedUpdate(server.store, step, {
    key,
    resource,
    name,
    cached: cacheOf(server, kind).items.get(key),
    dryRun: isDryRun(call),
    sameIsDone: call.request.contentType !== "application/json-patch+json",
    decide: (current, decided, now) => {
      absent = current.item === undefined;
      // Tried again from new: only the last try's warnings are the answer's.
      call.warnings.length = warned;
      changeByPatch(server, call, now, { document, part, current, decided });
    },
    done: (outcome, later) => {
      if (outcome.ok) return respondItem(call, later, { item: outcome.value.item });
      if (!absent || config === undefined || part !== "object") return respondStatus(call, later, outcome.failure);
      createApplied(server, call, later, {
        document,
        // Who comes second applies to what the first has made, as in Kubernetes.
        ...(look < looksMax ? { came: (now) => patchAt(asked, { part, look: look + 1 }, now) } : {}),
      });
    },
  });
}

const strategic = "application/strategic-merge-patch+json";

interface Patching {
  readonly document: PatchDocument;
  readonly part: Part;
  readonly current: Current;
  readonly decided: Decided;
}

function changeByPatch(server: Server, call: Call, step: Step, patching: Patching) {
  const { current, decided } = patching;
  const refuse = (status: Status, later: Step) => decided({ do: "refuse", status }, later);
  const { item } = current;
  if (!item) return refuse(notFound(groupResource(call), call.name), step);
  whenShown(call, step, { item, refuse, go: (later) => patchItem({ server, call, ...patching, item }, later) });
}

interface PatchingItem extends Patching {
  readonly server: Server;
  readonly call: Call;
  readonly item: Item;
}

function patchItem({ server, call, document, part, current, decided, item }: PatchingItem, step: Step) {
  const refuse = (status: Status) => decided({ do: "refuse", status }, step);
  const { kind } = call;
  const old = existing(call, item);
  const made = madeOf({ server, call, step }, { document, part, old, item });
  if (!made.ok) return refuse(made.failure);
  const { patched, managers } = made.value;
  const draft = thaw(patched as Frozen<object>) as Draft;
  keepReset(draft);
  const wrongType = ({ why }: { readonly why: string }) =>
    invalidObject({ group: "", kind: "" }, "", [invalid("patch", document.shown(patched), why)]);
  const isConverted = call.request.contentType === strategic;
  const untyped = typeMetaError(draft);
  const wrong =
    (untyped === undefined ? undefined : wrongType({ why: untyped })) ??
    checkType(draft, kind) ??
    checkFields(call, draft, { kind, repeated: document.repeated, isConverted, wrongType }) ??
    placeInNamespace(call, draft, kind) ??
    checkName(call, draft);
  if (wrong) return refuse(wrong);
  updateChange(server, call, step, { draft, old, item, part, current, decided, ...(managers ? { managers } : {}) });
}

interface Patched {
  readonly patched: Fields;
  /** For an apply: who owns what after it. */
  readonly managers?: Managers;
}

interface PatchOf {
  readonly document: PatchDocument;
  readonly part: Part;
  readonly old: Existing;
  readonly item: Item;
}

/** What a patch makes of an object. */
function madeOf(asking: Asking, patch: PatchOf): Result<Patched, Status> {
  const { document, part, old, item } = patch;
  if (document.config !== undefined) {
    const made = applied(asking, { config: document.config, part, existing: { old, item } });
    if (!made.ok) return failed(toldConflict(made.failure));
    return ok({ patched: made.value.object, managers: made.value.managers });
  }
  const original = document.namesOwners ? withOwners(old, item) : old;
  const made = document.patched(original, asking.call.kind.schema);
  return made.ok ? ok({ patched: made.value }) : made;
}

function withOwners(old: Existing, item: Item): Existing {
  const managers = managersOf(item);
  if (managers.size === 0) return old;
  return { ...old, metadata: { ...old.metadata, managedFields: encodeEntries(managers) } };
}

/** The answer to an apply that would change what others own. */
export function toldConflict(conflicts: readonly Conflict[]): Status {
  const { message, causes } = tellConflicts(conflicts);
  return applyConflict(message, causes);
}

interface Applying {
  readonly document: ApplyDocument;
  /** Called when somebody else has created it meanwhile. Default: that is refused. */
  readonly came?: (step: Step) => void;
}

function createApplied(server: Server, call: Call, step: Step, { document, came }: Applying) {
  const { config, repeated } = document;
  const made = applied({ server, call, step }, { config, part: "object" });
  if (!made.ok) return respondStatus(call, step, toldConflict(made.failure));
  const draft = thaw(made.value.object as Frozen<object>) as Draft;
  const wrong =
    checkType(draft, call.kind) ??
    checkFields(call, draft, { kind: call.kind, repeated }) ??
    placeInNamespace(call, draft, call.kind) ??
    checkName(call, draft);
  if (wrong) return respondStatus(call, step, wrong);
  createObject(server, call, step, {
    draft,
    managers: made.value.managers,
    done: (outcome, later) => {
      if (outcome.ok) respondItem(call, later, { item: outcome.value.item, code: 201 });
      else if (came && outcome.failure.reason === "AlreadyExists") came(later);
      else respondStatus(call, later, outcome.failure);
    },
  });
}

function applyError(call: Call, { config, repeated }: ApplyDocument): Status | undefined {
  const { apiVersion, kind, metadata } = config as {
    apiVersion?: unknown;
    kind?: unknown;
    metadata?: { managedFields?: unknown };
  };
  if (!apiVersion || typeof apiVersion !== "string") return badRequest("apiVersion must be set in an apply patch");
  if (!kind || typeof kind !== "string") return badRequest("kind must be set in an apply patch");
  if (metadata?.managedFields) return badRequest("metadata.managedFields must be nil");
  if (call.query.fieldValidation === "Strict" && repeated.length > 0) {
    const lines = ["error converting YAML to JSON: yaml: unmarshal errors:", ...repeated].join("\n  ");
    return badRequest(`error strict decoding YAML: ${lines}`);
  }
  const { group, version, kind: kindName } = call.kind;
  if (apiVersion !== groupVersionOf({ group, version }) || kind !== kindName) {
    return badRequest(`invalid object type: ${apiVersion.includes("/") ? "" : "/"}${apiVersion}, Kind=${kind}`);
  }
  const why = typedConfigError(config, structShape(call.kind.schema));
  if (why === undefined) return undefined;
  const gvk = `${groupVersionOf({ group, version })}, Kind=${kindName}`;
  return unknownFailure(`failed to create typed patch object (${call.namespace}/${call.name}; ${gvk}): ${why}`);
}
