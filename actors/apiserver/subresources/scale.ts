import type { Step } from "../../../runtime/mod.ts";
import { invalid } from "../../api/field_error.ts";
import { type ScalePaths, storageKey } from "../../api/kind.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { badRequest, conflict, invalidObject, notFound, type Status } from "../../api/status.ts";
import { type Fields, type Frozen, type KubeObject, type LabelSelector, thaw } from "../../api/types.ts";
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
} from "../requests/call.ts";
import { checkFields } from "../requests/field_validation.ts";
import { findItem } from "../requests/get.ts";
import { type PatchDocument, readPatch } from "../requests/patch_document.ts";
import { existing, updateChange } from "../requests/write_object.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Current, type Decided, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import type { Item } from "../storage/item.ts";
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
      changeScale(server, call, now, { change: change.value, paths, current, decided });
    },
    done: (outcome, later) => {
      if (outcome.ok) respondScale(call, later, { item: outcome.value.item, paths });
      else respondStatus(call, later, outcome.failure);
    },
  });
}

/** Makes the wanted Scale of the one that is there. */
type ScaleChange = (scale: Scale) => Result<Scale, Status>;

function readScaleChange(call: Call): Result<ScaleChange, Status> {
  const { request, query, client } = call;
  if (request.verb === "patch") {
    const document = readPatch(request, client === undefined && query.fieldValidation === undefined);
    return document.ok ? ok((now) => patchedScale(call, document.value, now)) : document;
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
  return ok(() => ok(object));
}

function patchedScale(call: Call, document: PatchDocument, now: Scale): Result<Scale, Status> {
  const patched = document.patched(now, { schema, manager: call.query.fieldManager ?? "" });
  if (!patched.ok) return patched;
  const draft = thaw(patched.value as Frozen<object>) as Scale;
  const wrongType = ({ why }: { readonly why: string }) =>
    invalidObject({ group: "", kind: "" }, "", [invalid("patch", document.shown(patched.value), why)]);
  const wrong = checkFields(call, draft, { kind: scaleKind, repeated: document.repeated, wrongType });
  return wrong ? failed(wrong) : ok(draft);
}

interface Scaling {
  readonly change: ScaleChange;
  readonly paths: ScalePaths;
  readonly current: Current;
  readonly decided: Decided;
}

function changeScale(server: Server, call: Call, step: Step, { change, paths, current, decided }: Scaling) {
  const refuse = (status: Status) => decided({ do: "refuse", status }, step);
  const { item } = current;
  const { name } = call;
  if (!item) return refuse(notFound(groupResource(call), name));
  const old = existing(call, item);
  const changed = change(scaleOf(old, item, paths));
  if (!changed.ok) return refuse(changed.failure);
  const wanted = changed.value;
  const replicas = wanted.spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalid("spec.replicas", replicas, "must be greater than or equal to 0");
    return refuse(invalidObject({ group: "autoscaling", kind: "Scale" }, name, [error]));
  }
  const { resourceVersion, uid } = wanted.metadata;
  if (uid && uid !== old.metadata.uid) return refuse(conflict(groupResource(call), name));
  const draft = thaw(old) as Draft;
  setAt(draft, paths.specReplicas, replicas);
  if (resourceVersion) draft.metadata.resourceVersion = resourceVersion;
  updateChange(server, call, step, { draft, old, item, part: "object", current, decided });
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
  const status = { replicas: getAt(object, paths.statusReplicas) ?? 0, selector };
  return { kind: "Scale", apiVersion: "autoscaling/v1", metadata, spec: { replicas }, status } as Scale;
}

/** A selector as a Scale has it; ReplicationControllers select by labels alone, custom resources have it as a text. */
function selectorText(selector: unknown): string {
  if (selector === undefined || typeof selector === "string") return selector ?? "";
  const isWhole = Object.keys(selector as object).every(
    (name) => name === "matchLabels" || name === "matchExpressions",
  );
  return formatLabelSelector((isWhole ? selector : { matchLabels: selector }) as Frozen<LabelSelector>);
}

function getAt(object: Existing, path: string): unknown {
  let value: unknown = object;
  for (const part of path.split(".")) value = (value as Fields | undefined)?.[part];
  return value;
}

function setAt(draft: Draft, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop() ?? "";
  let target = draft as unknown as Fields;
  for (const part of parts) {
    target[part] ??= {};
    target = target[part] as Fields;
  }
  target[last] = value;
}
