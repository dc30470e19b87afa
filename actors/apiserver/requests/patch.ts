import type { Step } from "../../../runtime/mod.ts";
import { type Applier, appliedEntries } from "../../api/apply/managed_fields.ts";
import { typedConfigError } from "../../api/apply/typed_config.ts";
import { invalid } from "../../api/field_error.ts";
import { groupVersionOf, storageKey } from "../../api/kind.ts";
import { definitionOf } from "../../api/schema/schema.ts";
import {
  badRequest,
  invalidObject,
  notFound,
  type Status,
  unknownFailure,
  unsupportedMediaType,
} from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import { type Fields, type Frozen, thaw } from "../../api/types.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Current, type Decided, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { checkName, checkType, placeInNamespace, typeMetaError } from "./body.ts";
import { type Call, type Draft, groupResource, isDryRun, respondItem, respondStatus } from "./call.ts";
import { createObject } from "./create.ts";
import { checkFields } from "./field_validation.ts";
import { type PatchDocument, patchTypes, readPatch } from "./patch_document.ts";
import { existing, type Part, updateChange } from "./write_object.ts";
import { applyOptionsError } from "./write_options.ts";

/** Patches an object, or one part of it; an apply creates an object that is not there. */
export function patch(server: Server, call: Call, step: Step, part: Part = "object") {
  const read = readPatch(call.request, call.client === undefined && call.query.fieldValidation === undefined);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const document = read.value;
  // Nobody has told how to merge the lists of custom resources.
  if (call.request.contentType === strategic && isCustom(call.kind)) {
    return respondStatus(call, step, unsupportedMediaType(patchTypes.filter((type) => type !== strategic)));
  }
  const wrong =
    applyOptionsError(call.query, document.apply) ?? (document.apply ? applyError(call, document) : undefined);
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
      const { config } = document;
      if (!absent || config === undefined || part !== "object") return respondStatus(call, later, outcome.failure);
      createApplied(server, call, later, { config, repeated: document.repeated });
    },
  });
}

const strategic = "application/strategic-merge-patch+json";

function isCustom({ schema }: Call["kind"]): boolean {
  return definitionOf(schema)?.open !== undefined;
}

interface Patching {
  readonly document: PatchDocument;
  readonly part: Part;
  readonly current: Current;
  readonly decided: Decided;
}

function changeByPatch(server: Server, call: Call, step: Step, patching: Patching) {
  const { document, part, current, decided } = patching;
  const refuse = (status: Status) => decided({ do: "refuse", status }, step);
  const { kind, name } = call;
  const { item } = current;
  if (!item) return refuse(notFound(groupResource(call), name));
  const old = existing(call, item);
  const applier = applierOf(call, part);
  const made = document.patched(old, applier);
  if (!made.ok) return refuse(made.failure);
  const patched = made.value;
  const draft = thaw(patched as Frozen<object>) as Draft;
  const wrongType = ({ why }: { readonly why: string }) =>
    invalidObject({ group: "", kind: "" }, "", [invalid("patch", document.shown(patched), why)]);
  const untyped = typeMetaError(draft);
  const wrong =
    (untyped === undefined ? undefined : wrongType({ why: untyped })) ??
    checkType(draft, kind) ??
    checkFields(call, draft, { kind, repeated: document.repeated, wrongType }) ??
    placeInNamespace(call, draft, kind) ??
    checkName(call, draft);
  if (wrong) return refuse(wrong);
  const { config } = document;
  const entries =
    config && ((after: Draft) => appliedEntries(old, { after, config, applier, time: formatTime(step.nowMs) }));
  updateChange(server, call, step, { draft, old, item, part, current, decided, ...(entries ? { entries } : {}) });
}

function applierOf({ kind, query }: Call, part: Part): Applier {
  const manager = query.fieldManager ?? "";
  const subresource = part === "status" ? { subresource: part } : {};
  return { manager, schema: kind.schema, ...subresource };
}

interface Applied {
  readonly config: Fields;
  readonly repeated: readonly string[];
}

function createApplied(server: Server, call: Call, step: Step, { config, repeated }: Applied) {
  const draft = thaw(config as Frozen<object>) as Draft;
  const wrong =
    checkType(draft, call.kind) ??
    checkFields(call, draft, { kind: call.kind, repeated }) ??
    placeInNamespace(call, draft, call.kind) ??
    checkName(call, draft);
  if (wrong) return respondStatus(call, step, wrong);
  const applier = applierOf(call, "object");
  createObject(server, call, step, {
    draft,
    managedFields: appliedEntries(undefined, { after: draft, config, applier, time: formatTime(step.nowMs) }),
    done: (outcome, later) => {
      if (outcome.ok) respondItem(call, later, { item: outcome.value.item, code: 201 });
      else respondStatus(call, later, outcome.failure);
    },
  });
}

function applyError(call: Call, { config, repeated }: PatchDocument): Status | undefined {
  const { apiVersion, kind, metadata } = (config ?? {}) as {
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
  const why = typedConfigError(config ?? {}, call.kind.schema);
  if (why === undefined) return undefined;
  const { group, version, kind: kindName } = call.kind;
  const gvk = `${groupVersionOf({ group, version })}, Kind=${kindName}`;
  return unknownFailure(`failed to create typed patch object (${call.namespace}/${call.name}; ${gvk}): ${why}`);
}
