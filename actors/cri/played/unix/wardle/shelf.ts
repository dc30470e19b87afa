import { parseFieldSelector } from "../../../../api/field_selector.ts";
import { applyJsonPatch } from "../../../../api/json_patch.ts";
import { matchesLabels, parseLabelSelector } from "../../../../api/label_selector.ts";
import { applyMergePatch } from "../../../../api/merge_patch.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  expired,
  type GroupResource,
  notFound,
  type Status,
  unsupportedMediaType,
} from "../../../../api/status.ts";
import { failed, ok, type Result } from "../../../../kit/result.ts";

/** The group and version that all of it is of. */
export const apiVersion = "wardle.example.com/v1alpha1";

/** A kind of which objects are kept. */
export interface ShelfKind {
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** An object that is kept. */
export interface Kept {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** All objects of a server, by kind, namespace and name. */
export interface Shelf {
  readonly objects: Map<string, Kept>;
  /** What has happened of late, the oldest first. */
  readonly changes: Change[];
  revision: number;
}

/** What has happened to an object. */
export interface Change {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly plural: string;
  readonly object: Kept;
}

/** Of more changes who watches does not hear: it is told to begin anew. */
const changesMax = 1_000;

/** Makes one without objects. */
export function createShelf(): Shelf {
  return { objects: new Map(), changes: [], revision: 1 };
}

/** Of which object it is, or of all. */
export interface Place {
  readonly of: ShelfKind;
  /** Default: of all namespaces. */
  readonly namespace?: string;
  /** Default: all objects. */
  readonly name?: string;
}

/** What is asked. */
export interface Asked extends Place {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The body's type, without what follows. */
  readonly type: string;
}

/** What a server makes up for an object. */
export interface Making {
  readonly uid: string;
  readonly suffix: string;
  readonly now: string;
}

/** What is answered: the code of success, and the object or list. */
export interface Shown {
  readonly code: number;
  readonly body: object;
}

const resourceOf = ({ plural: resource }: ShelfKind): GroupResource => ({ group: "wardle.example.com", resource });
const keyOf = ({ of, namespace = "", name = "" }: Place) => `${of.plural}/${namespace}/${name}`;

/** Does what is asked of a shelf, as an API server would. */
export function answerShelf(shelf: Shelf, asked: Asked, making: Making): Result<Shown, Status> {
  const { method, name } = asked;
  if (method === "GET") return name === undefined ? list(shelf, asked) : read(shelf, asked);
  if (method === "DELETE") return name === undefined ? removeAll(shelf, asked) : remove(shelf, asked);
  if (method === "POST" && name === undefined) return create(shelf, asked, making);
  if (method === "PUT" && name !== undefined) return replace(shelf, asked, parsed(asked.body));
  if (method === "PATCH" && name !== undefined) return patch(shelf, asked);
  return failed(badRequest("the server does not allow this method on the requested resource"));
}

function read(shelf: Shelf, asked: Place): Result<{ code: number; body: Kept }, Status> {
  const found = shelf.objects.get(keyOf(asked));
  return found ? ok({ code: 200, body: found }) : failed(notFound(resourceOf(asked.of), asked.name ?? ""));
}

function note(shelf: Shelf, of: ShelfKind, change: Omit<Change, "revision" | "plural">) {
  shelf.changes.push({ ...change, revision: shelf.revision, plural: of.plural });
  if (shelf.changes.length > changesMax) shelf.changes.shift();
}

/** What is asked for of a shelf's objects. */
function chosenBy({ query }: Pick<Asked, "query">): Result<(object: Kept) => boolean, Status> {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  if (!labels.ok) return failed(badRequest(`unable to parse requirement: ${labels.failure}`));
  if (!fields.ok) return failed(badRequest(fields.failure));
  return ok(
    ({ metadata }) =>
      matchesLabels(labels.value, metadata.labels) &&
      fields.value.every(({ field, equal, value }) => (metadata[field.replace(/^metadata\./, "")] === value) === equal),
  );
}

/** What a watch is told of objects, from what is there or from a revision on; undefined where that is too long ago. */
export function changesSince(
  shelf: Shelf,
  asked: Asked,
  revision: number | undefined,
): Result<readonly Change[], Status> {
  const fits = chosenBy(asked);
  if (!fits.ok) return fits;
  if (revision === undefined) {
    const found = selected(shelf, asked);
    if (!found.ok) return found;
    const { revision: now } = shelf;
    return ok(found.value.map((object) => ({ revision: now, type: "ADDED", plural: asked.of.plural, object })));
  }
  const [oldest] = shelf.changes;
  if (oldest && shelf.changes.length >= changesMax && revision + 1 < oldest.revision) return failed(expired());
  const { of, namespace = "" } = asked;
  const isMeant = ({ revision: at, plural, object }: Change) =>
    at > revision && plural === of.plural && (namespace === "" || object.metadata.namespace === namespace);
  return ok(shelf.changes.filter((each) => isMeant(each) && fits.value(each.object)));
}

function selected({ objects }: Shelf, asked: Asked): Result<readonly Kept[], Status> {
  const { of, namespace = "" } = asked;
  const fits = chosenBy(asked);
  if (!fits.ok) return fits;
  const prefix = namespace === "" ? `${of.plural}/` : `${of.plural}/${namespace}/`;
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  return ok(keys.flatMap((key) => objects.get(key) ?? []).filter(fits.value));
}

function list(shelf: Shelf, asked: Asked): Result<Shown, Status> {
  const found = selected(shelf, asked);
  if (!found.ok) return found;
  const metadata = { resourceVersion: String(shelf.revision) };
  return ok({ code: 200, body: { kind: `${asked.of.kind}List`, apiVersion, metadata, items: found.value } });
}

function create(shelf: Shelf, asked: Asked, { uid, suffix, now }: Making): Result<Shown, Status> {
  const given = parsed(asked.body);
  if (!given.ok) return given;
  const { of, namespace } = asked;
  const { metadata, spec = {}, status: _status } = given.value;
  const { generateName = "", name: wanted = "", ...more } = (metadata ?? {}) as Record<string, string>;
  const name = wanted === "" && generateName !== "" ? `${generateName}${suffix}` : wanted;
  if (name === "") return failed(badRequest("name or generateName is required"));
  const place = { ...asked, name };
  if (shelf.objects.has(keyOf(place))) return failed(alreadyExists(resourceOf(of), name));
  const own = { ...more, ...(generateName === "" ? {} : { generateName }), name };
  const inNamespace = of.namespaced && namespace !== undefined ? { namespace } : {};
  const made = { ...own, ...inNamespace, uid, creationTimestamp: now };
  return keep(shelf, place, { code: 201, fields: { metadata: made, spec, status: {} } });
}

interface Keeping {
  readonly code: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function keep(shelf: Shelf, place: Place & Pick<Asked, "query">, { code, fields }: Keeping): Result<Shown, Status> {
  const isRehearsal = place.query.get("dryRun") === "All";
  const resourceVersion = String(shelf.revision + 1);
  const metadata = { ...(fields.metadata as Kept["metadata"]), resourceVersion };
  const body: Kept = { kind: place.of.kind, apiVersion, ...fields, metadata };
  if (!isRehearsal) {
    shelf.revision++;
    shelf.objects.set(keyOf(place), body);
    note(shelf, place.of, { type: code === 201 ? "ADDED" : "MODIFIED", object: body });
  }
  return ok({ code, body });
}

function replace(shelf: Shelf, asked: Asked, given: Result<Record<string, unknown>, Status>): Result<Shown, Status> {
  const found = read(shelf, asked);
  if (!found.ok) return found;
  if (!given.ok) return given;
  const { metadata: before } = found.value.body;
  const { spec = {}, status = found.value.body.status, metadata } = given.value;
  const changed = (metadata ?? {}) as Record<string, unknown>;
  const { resourceVersion = before.resourceVersion } = changed;
  if (resourceVersion !== before.resourceVersion) return failed(conflict(resourceOf(asked.of), before.name));
  const { name, namespace, uid, creationTimestamp } = before;
  const kept = { name, ...(namespace === undefined ? {} : { namespace }), uid, creationTimestamp };
  return keep(shelf, asked, { code: 200, fields: { metadata: { ...changed, ...kept }, spec, status } });
}

const [mergeType, jsonType] = ["application/merge-patch+json", "application/json-patch+json"];

function patch(shelf: Shelf, asked: Asked): Result<Shown, Status> {
  const found = read(shelf, asked);
  if (!found.ok) return found;
  const change = parsed(asked.body);
  if (!change.ok) return change;
  if (asked.type === mergeType) {
    return replace(shelf, asked, ok(applyMergePatch(found.value.body, change.value) as Record<string, unknown>));
  }
  if (asked.type !== jsonType) return failed(unsupportedMediaType([jsonType, mergeType]));
  const changed = applyJsonPatch(found.value.body, change.value);
  return changed.ok
    ? replace(shelf, asked, ok(changed.value as Record<string, unknown>))
    : failed(badRequest(changed.failure.why));
}

function remove(shelf: Shelf, asked: Asked): Result<Shown, Status> {
  const found = read(shelf, asked);
  if (!found.ok || asked.query.get("dryRun") === "All") return found;
  drop(shelf, asked, found.value.body);
  const { name, uid } = found.value.body.metadata;
  const details = { name, group: "wardle.example.com", kind: asked.of.plural, uid };
  return ok({ code: 200, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details } });
}

function removeAll(shelf: Shelf, asked: Asked): Result<Shown, Status> {
  const all = list(shelf, asked);
  const found = selected(shelf, asked);
  if (!found.ok || asked.query.get("dryRun") === "All") return all;
  for (const each of found.value) drop(shelf, { ...asked, ...each.metadata }, each);
  return all;
}

function drop(shelf: Shelf, place: Place, object: Kept) {
  shelf.revision++;
  shelf.objects.delete(keyOf(place));
  const metadata = { ...object.metadata, resourceVersion: String(shelf.revision) };
  note(shelf, place.of, { type: "DELETED", object: { ...object, metadata } });
}

function parsed(body: string): Result<Record<string, unknown>, Status> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null) return ok(value as Record<string, unknown>);
  } catch {
    // Told below.
  }
  return failed(badRequest("the object provided is unrecognized (must be of type JSON)"));
}
