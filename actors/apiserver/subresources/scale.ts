import type { Step } from "../../../runtime/mod.ts";
import { fieldElement } from "../../api/apply/elements.ts";
import { noFields } from "../../api/apply/field_set.ts";
import { structShape } from "../../api/apply/kind_shape.ts";
import { applyWithLastApplied } from "../../api/apply/last_applied.ts";
import type { Managers } from "../../api/apply/managers.ts";
import { trackUpdate } from "../../api/apply/track.ts";
import { typedConfigError } from "../../api/apply/typed_config.ts";
import type { Writer } from "../../api/apply/writer.ts";
import { zeroObject } from "../../api/apply/zero.ts";
import { invalid } from "../../api/field_error.ts";
import { groupVersionOf, type ScalePaths, storageKey } from "../../api/kind.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { badRequest, conflict, invalidObject, notFound, type Status, unknownFailure } from "../../api/status.ts";
import {
  type Fields,
  type Frozen,
  type KubeObject,
  type LabelSelector,
  ownValue,
  setOwn,
  thaw,
} from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { parseJson } from "../requests/body.ts";
import {
  type Call,
  type Draft,
  type Existing,
  groupResource,
  isDryRun,
  respondShaped,
  respondStatus,
  whenShown,
} from "../requests/call.ts";
import { checkFields } from "../requests/field_validation.ts";
import { findItem } from "../requests/get.ts";
import { managerOf } from "../requests/manager_name.ts";
import { managersOf } from "../requests/owners.ts";
import { toldConflict } from "../requests/patch.ts";
import { type PatchDocument, readPatch } from "../requests/patch_document.ts";
import { isTrue } from "../requests/query.ts";
import { existing, updateChange } from "../requests/write_object.ts";
import { applyOptionsError } from "../requests/write_options.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Current, type Decided, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import type { Item } from "../storage/item.ts";
import { managersOfScale, managersOfScaled, type ReplicasPath, scaleVersion } from "./_scale_owners.ts";
import { hasPart, type Subresource } from "./_subresource.ts";

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

const schema = "io.k8s.api.autoscaling.v1.Scale";
const tableKind = { group: "autoscaling", version: "v1", kind: "Scale" };
const scaleKind = { kind: "Scale", version: "v1", schema };

/** Reads or changes an object's number of replicas, in the shape that all scalable kinds share. */
export const scale: Subresource = {
  name: "scale",
  isOf: hasPart("scale"),
  verbs: ["get", "patch", "update"],
  responseKind: tableKind,
  serve: serveScale,
};

function serveScale(server: Server, call: Call, step: Step) {
  const subresource = call.kind.subresources.find(({ name }) => name === "scale");
  if (subresource?.name !== "scale") return respondStatus(call, step, badRequest("the kind has no scale"));
  const { paths } = subresource;
  if (call.request.verb === "get") {
    return findItem(server, call, step, (found, later) => {
      if (found.ok) respondScale(call, later, { item: found.value, paths });
      else respondStatus(call, later, found.failure);
    });
  }
  const change = readScaleChange(call);
  if (!change.ok) return respondStatus(call, step, change.failure);
  const { kind, namespace, name } = call;
  const warned = call.warnings.length;
  const key = storageKey(kind, { namespace, name });
  guaranteedUpdate(server.store, step, {
    key,
    resource: groupResource(call),
    name,
    cached: cacheOf(server, kind).items.get(key),
    dryRun: isDryRun(call),
    decide: (current, decided, now) => {
      // Tried again from new: only the last try's warnings are the answer's.
      call.warnings.length = warned;
      const scaling = { change: change.value, paths, current, decided };
      const { item } = current;
      if (!item) return decided({ do: "refuse", status: notFound(groupResource(call), name) }, now);
      whenShown(call, now, {
        item,
        refuse: (status, later) => decided({ do: "refuse", status }, later),
        go: (later) => changeScale(server, call, later, { ...scaling, item }),
      });
    },
    done: (outcome, later) => {
      if (!outcome.ok) return respondStatus(call, later, outcome.failure);
      const { item } = outcome.value;
      whenShown(call, later, {
        item,
        refuse: (status, last) => respondStatus(call, last, status),
        go: (last) => respondScale(call, last, { item, paths }),
      });
    },
  });
}

/** The Scale that is wanted, and who owns its fields then. */
interface Wanted {
  readonly scale: Scale;
  readonly managers: Managers;
}

/** Makes the wanted Scale of the one that is there. */
type ScaleChange = (scale: Scale, managers: Managers, step: Step) => Result<Wanted, Status>;

function readScaleChange(call: Call): Result<ScaleChange, Status> {
  const { request, query, client } = call;
  if (request.verb === "patch") {
    const document = readPatch(request, client === undefined && query.fieldValidation === undefined);
    if (!document.ok) return document;
    const wrong = applyOptionsError(query, document.value.config !== undefined);
    if (wrong) return failed(wrong);
    return ok((now, managers, step) => patchedScale(call, step, { document: document.value, now, managers }));
  }
  const parsed = parseJson(request.body ?? "", "body of the request");
  if (!parsed.ok) return parsed;
  const object = parsed.value as unknown as Scale;
  const wrong = checkFields(call, object, { kind: scaleKind });
  if (wrong) return failed(wrong);
  if (object.kind !== undefined && object.kind !== scaleKind.kind) {
    const why = `the object provided is unrecognized (must be of type Scale): it is of type ${object.kind}`;
    return failed(badRequest(why));
  }
  return ok((now, managers, step) => ok({ scale: object, managers: updated(call, step, { now, object, managers }) }));
}

interface Updated {
  readonly now: Scale;
  readonly object: Scale;
  readonly managers: Managers;
}

function updated(call: Call, step: Step, { now, object, managers }: Updated): Managers {
  if (managers.size === 0) return managers;
  const { managedFields: _owners, ...metadata } = object.metadata;
  const change = { live: now as unknown as Fields, now: { ...object, metadata } as unknown as Fields };
  return trackUpdate(managers, change, scaleWriter(call, step));
}

function scaleWriter(call: Call, step: Step): Writer {
  const shape = structShape(schema);
  return {
    manager: managerOf(call),
    apiVersion: scaleVersion,
    subresource: "scale",
    seconds: Math.floor(step.nowMs / 1_000),
    shape,
    reset: noFields,
    convert: (object) => ({ object, shape }),
  };
}

interface Patching {
  readonly document: PatchDocument;
  readonly now: Scale;
  readonly managers: Managers;
}

function patchedScale(call: Call, step: Step, { document, now, managers }: Patching): Result<Wanted, Status> {
  const made = document.config
    ? appliedScale(call, step, { config: document.config, now, managers })
    : document.patched(now, schema);
  if (!made.ok) return made;
  const patched = made.value;
  const owners = (made as AppliedScale).managers;
  const draft = thaw(patched as Frozen<object>) as Scale;
  const wrongType = ({ why }: { readonly why: string }) =>
    invalidObject({ group: "", kind: "" }, "", [invalid("patch", document.shown(patched), why)]);
  const wrong = checkFields(call, draft, { kind: scaleKind, repeated: document.repeated, wrongType });
  if (wrong) return failed(wrong);
  return ok({ scale: draft, managers: owners ?? updated(call, step, { now, object: draft, managers }) });
}

interface ApplyingScale {
  readonly config: Fields;
  readonly now: Scale;
  readonly managers: Managers;
}

type AppliedScale = Result<Fields, Status> & { readonly managers?: Managers };

function appliedScale(call: Call, step: Step, { config, now, managers }: ApplyingScale): AppliedScale {
  const why = typedConfigError(config, structShape(schema));
  if (why !== undefined) return failed(unknownFailure(`failed to create typed patch object: ${why}`));
  const zero = { apiVersion: scaleVersion, kind: scaleKind.kind, ...zeroObject(schema) };
  const force = isTrue(call.query.force);
  const live = now as unknown as Fields;
  const made = applyWithLastApplied({ live, zero, config, managers, force }, scaleWriter(call, step));
  return made.ok ? { ...ok(made.value.object), managers: made.value.managers } : failed(toldConflict(made.failure));
}

interface Scaling {
  readonly change: ScaleChange;
  readonly paths: ScalePaths;
  readonly current: Current;
  readonly decided: Decided;
  readonly item: Item;
}

function changeScale(server: Server, call: Call, step: Step, { change, paths, current, decided, item }: Scaling) {
  const refuse = (status: Status) => decided({ do: "refuse", status }, step);
  const { name } = call;
  const old = existing(call, item);
  const [before, pathIn] = [managersOf(item), pathsIn(server, call)];
  const changed = change(scaleOf(old, item, paths), managersOfScale(before, pathIn), step);
  if (!changed.ok) return refuse(changed.failure);
  const wanted = changed.value.scale;
  const replicas = wanted.spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    return refuse(invalidObject({ group: "autoscaling", kind: "Scale" }, name, [error]));
  }
  const { resourceVersion, uid } = wanted.metadata;
  if (uid && uid !== old.metadata.uid) return refuse(conflict(groupResource(call), name));
  const draft = thaw(old) as Draft;
  const unset = setAt(draft, paths.specReplicas, replicas);
  if (unset !== undefined) return refuse(unknownFailure(unset));
  if (resourceVersion) draft.metadata.resourceVersion = resourceVersion;
  const scaled = { managers: changed.value.managers, pathIn, apiVersion: groupVersionOf(call.kind) };
  const managers = managersOfScaled(before, scaled);
  updateChange(server, call, step, { draft, old, item, part: "object", current, decided, managers });
}

/** Where objects have their number of replicas in each version that is served. */
function pathsIn({ served }: Server, { kind }: Call): ReplicasPath {
  return (apiVersion) => {
    const version = served.stored.byObject({ apiVersion, kind: kind.kind });
    if (version?.storagePrefix !== kind.storagePrefix) return undefined;
    const part = version.subresources.find(({ name }) => name === "scale");
    return part?.name === "scale" ? part.paths.specReplicas.split(".").map(fieldElement) : undefined;
  };
}

function respondScale(call: Call, step: Step, { item, paths }: { item: Item; paths: ScalePaths }) {
  const shown = scaleOf(existing(call, item), item, paths);
  respondShaped(call, step, { kind: tableKind, object: shown as Frozen<KubeObject> });
}

function scaleOf(object: Existing, item: Item, paths: ScalePaths): Scale {
  const { name, namespace, uid, creationTimestamp } = object.metadata;
  const selector = selectorText(paths.labelSelector === "" ? undefined : getAt(object, paths.labelSelector));
  const replicas = (getAt(object, paths.specReplicas) ?? 0) as number;
  const metadata = { name, namespace, uid, resourceVersion: String(item.revision), creationTimestamp };
  const status = { replicas: getAt(object, paths.statusReplicas) ?? 0, ...(selector === "" ? {} : { selector }) };
  return { kind: "Scale", apiVersion: "autoscaling/v1", metadata, spec: { replicas }, status } as Scale;
}

/** A selector as a Scale has it; ReplicationControllers select by labels alone, custom resources have it as a text. */
function selectorText(selector: unknown): string {
  if (typeof selector === "string") return selector;
  if (!isFields(selector)) return "";
  const isWhole = Object.keys(selector).every((name) => name === "matchLabels" || name === "matchExpressions");
  return formatLabelSelector((isWhole ? selector : { matchLabels: selector }) as Frozen<LabelSelector>);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is at a path that a definition's author chose, which may have any names in it. */
function getAt(object: Existing, path: string): unknown {
  let value: unknown = object;
  for (const part of path.split(".")) value = isFields(value) ? ownValue(value, part) : undefined;
  return value;
}

/** Sets it, or says why that cannot be. */
function setAt(draft: Draft, path: string, value: unknown): string | undefined {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let target = draft as unknown as Fields;
  for (const [at, part] of parts.entries()) {
    if (!Object.hasOwn(target, part)) setOwn(target, { key: part, value: {} });
    const next = ownValue(target, part);
    if (!isFields(next)) {
      const where = parts.slice(0, at + 1).join(".");
      return `value cannot be set because .${where} is not a map[string]interface{}`;
    }
    target = next;
  }
  setOwn(target, { key: last, value });
  return undefined;
}
