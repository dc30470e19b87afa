import { isSameButTimes, shownManagers } from "../../api/apply/packed.ts";
import { decode } from "../../api/codec.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { metadataAt, packedField, packedIn, withPacked } from "../../api/stored_text.ts";
import { type Frozen, type KubeObject, thaw } from "../../api/types.ts";
import type { KeyValue } from "../../store/messages.ts";

/** A stored object as a server holds it: its text carries the resource version; it is decoded when first needed. */
export interface Item {
  readonly key: string;
  /** The revision that wrote it: its resource version. */
  readonly revision: number;
  /** The encoded object, with its resource version, and with who owns its fields in the form in which it is stored. */
  readonly text: string;
  /** Without who owns its fields. */
  object: Frozen<KubeObject> | undefined;
  /** It would be stored in another way today, whatever it says. Default: it would not. */
  readonly isStale?: true;
  /** What a webhook has made of it, by the version that it was asked for. Default: nothing yet. */
  converted?: WeakMap<KindDefinition, Frozen<KubeObject>>;
  /** What kinds that clients change read in it, by what they were when they read it. Default: nobody has read it so. */
  reread?: WeakMap<KindDefinition, Frozen<KubeObject> | "asStored">;
}

/** Texts that were made a moment ago, by the last digits of their revisions. */
const lately: ({ readonly stored: string; readonly revision: number; readonly text: string } | undefined)[] = [];
const latelyMask = 63;

/**
 * The text of an object with its resource version, made without decoding it: stored texts have no resource version,
 * and begin with `apiVersion`, `kind` and a `metadata` that is not empty (see `encodeForStore`). The answer to a write,
 * the cache that sees it a moment later, and the caches of other servers in the thread share one text, and with it what
 * the engine and `decode` know of it.
 */
export function withResourceVersion(stored: string, revision: number): string {
  const found = lately[revision & latelyMask];
  if (found?.revision === revision && found.stored === stored) return found.text;
  const at = metadataAt(stored);
  const text = `${stored.slice(0, at)}"resourceVersion":"${revision}",${stored.slice(at)}`;
  lately[revision & latelyMask] = { stored, revision, text };
  return text;
}

/** Whether that would be the text, but for the times at which owners of fields last changed something. */
export function isWithResourceVersion(text: string, stored: string, revision: number): boolean {
  const at = metadataAt(stored);
  const version = `"resourceVersion":"${revision}",`;
  if (!text.startsWith(version, at) || !text.startsWith(stored.slice(0, at))) return false;
  const [before, now] = [packedIn(text), packedIn(stored)];
  if (before.length !== now.length || text.length !== stored.length + version.length) return false;
  if (before === now) return text.endsWith(stored.slice(at));
  const behind = at + JSON.stringify(packedField(now)).length - 1;
  return text.endsWith(stored.slice(behind)) && isSameButTimes(before, now);
}

/**
 * What the store is given: the object's text without its resource version, its fields in the order the cache needs, with
 * who owns its fields packed into one text (see `packManagers`).
 */
export function encodeForStore(object: Frozen<KubeObject>, packed: string): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { resourceVersion: _taken, managedFields: _packed, name, ...others } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { ...packedField(packed), name, ...others }, ...rest });
}

/** What the store is given of an object that the server itself has changed: nobody comes to own what is changed so. */
export function encodeChanged(object: Frozen<KubeObject>, item: Item): string {
  return encodeForStore(object, packedIn(item.text));
}

/** The item of a stored key. */
export function itemOf({ key, value, modRevision, isStale }: KeyValue): Item {
  const item = { key, revision: modRevision, text: withResourceVersion(value, modRevision), object: undefined };
  return isStale ? { ...item, isStale } : item;
}

/** The item that a write made. */
export function writtenItem(key: string, stored: string, revision: number): Item {
  // Revision 0 is that of a dry run of a create: no version was given.
  const text = revision === 0 ? stored : withResourceVersion(stored, revision);
  return { key, revision, text, object: undefined };
}

/** The item's object, in the version in which it is stored. */
export function objectOf(item: Item): Frozen<KubeObject> {
  item.object ??= decode(item.text);
  return item.object;
}

/** The item's object as its kind reads it now, in the version in which it is stored. */
export function readObject(kind: KindDefinition, item: Item): Frozen<KubeObject> {
  const read = rereadOf(kind, item);
  return read === "asStored" ? objectOf(item) : read;
}

/** What a kind that clients change reads in an item. The object of one that is shown as it is stored is not kept for that. */
function rereadOf(kind: KindDefinition, item: Item): Frozen<KubeObject> | "asStored" {
  const { reread } = kind;
  if (reread === undefined) return "asStored";
  const known = item.reread?.get(kind);
  if (known !== undefined) return known;
  let read: Frozen<KubeObject> | "asStored" = "asStored";
  if (reread(JSON.parse(item.text) as KubeObject)) {
    const draft = thaw(objectOf(item)) as KubeObject;
    reread(draft);
    read = draft;
  }
  item.reread ??= new WeakMap();
  item.reread.set(kind, read);
  return read;
}

/** Whether objects of a kind are served as they are stored. */
function isStoredAsServed(kind: KindDefinition): boolean {
  const { storageVersion, group, version } = kind;
  return storageVersion.apiVersion === (group === "" ? version : `${group}/${version}`);
}

/** Whether an item is stored in a kind's own version. */
export function isStoredAs(kind: KindDefinition, item: Item): boolean {
  return kind.conversion === undefined ? isStoredAsServed(kind) : item.text.startsWith(kind.conversion.head);
}

/** Whether an item's text is what is shown of it in a kind's own version. */
export function isShownAsStored(kind: KindDefinition, item: Item): boolean {
  return isStoredAs(kind, item) && rereadOf(kind, item) === "asStored";
}

/** Whether an item can be shown in a kind's own version without asking a webhook. */
export function isConverted(kind: KindDefinition, item: Item): boolean {
  return kind.conversion?.webhook === undefined || isStoredAs(kind, item) || item.converted?.has(kind) === true;
}

/** The item's object in a kind's own version; where a webhook converts, `whenConverted` comes first. */
export function objectFor(kind: KindDefinition, item: Item): Frozen<KubeObject> {
  if (isStoredAs(kind, item)) return readObject(kind, item);
  if (kind.conversion?.webhook === undefined) return kind.fromStorage(readObject(kind, item));
  const converted = item.converted?.get(kind);
  if (!converted) throw new Error(`Cannot show ${item.key} in ${kind.version}: its webhook was not asked before`);
  return converted;
}

/** The item as it was at a later revision, at which it ended. */
export function atRevision(item: Item, revision: number, kind: KindDefinition): Item {
  const text = item.text.replace(`"resourceVersion":"${item.revision}"`, `"resourceVersion":"${revision}"`);
  const later: Item = { key: item.key, revision, text, object: undefined };
  const object = item.converted?.get(kind);
  if (object === undefined) return later;
  const ended = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  later.converted = new WeakMap([[kind, ended]]);
  return later;
}

/** How a text says who owns which fields: in one packed text, which `decode` drops, or as clients are shown it. */
export type Managed = "packed" | "shown";

/** The item's text in a kind's own version. */
export function textFor(kind: KindDefinition, item: Item, managed: Managed): string {
  const text = isShownAsStored(kind, item) ? item.text : convertedText(kind, item);
  return managed === "packed" ? text : withPacked(text, (packed) => `"managedFields":${shownManagers(packed)},`);
}

function convertedText(kind: KindDefinition, item: Item): string {
  const object = objectFor(kind, item);
  const { apiVersion, kind: name, metadata, ...rest } = object;
  const { resourceVersion, ...others } = metadata;
  const owned = { resourceVersion, ...packedField(packedIn(item.text)), ...others };
  return JSON.stringify({ apiVersion, kind: name, metadata: owned, ...rest });
}

/** The item's object in a kind's own version as clients are shown it: with who owns its fields. */
export function shownObject(kind: KindDefinition, item: Item): Frozen<KubeObject> {
  const object = objectFor(kind, item);
  const managedFields = shownManagersOf(item);
  return managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}

/** Who owns the fields of an item, as clients are shown it; undefined for nobody. */
export function shownManagersOf(item: Item): KubeObject["metadata"]["managedFields"] | undefined {
  const packed = packedIn(item.text);
  return packed === "" ? undefined : JSON.parse(shownManagers(packed));
}
