import { decode } from "../../api/codec.ts";
import type { KindDefinition } from "../../api/kind.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { KeyValue } from "../../store/messages.ts";

/** A stored object as a server holds it: its text carries the resource version; it is decoded when first needed. */
export interface Item {
  readonly key: string;
  /** The revision that wrote it: its resource version. */
  readonly revision: number;
  /** The encoded object, with its resource version. */
  readonly text: string;
  object: Frozen<KubeObject> | undefined;
}

const metadataStart = '"metadata":{';

/**
 * The text of an object with its resource version, made without decoding it: stored texts have no resource version,
 * and begin with `apiVersion`, `kind` and a `metadata` that is not empty (see `encodeForStore`).
 */
export function withResourceVersion(stored: string, revision: number): string {
  const at = stored.indexOf(metadataStart) + metadataStart.length;
  return `${stored.slice(0, at)}"resourceVersion":"${revision}",${stored.slice(at)}`;
}

/** What the store is given: the object's text without its resource version, its fields in the order the cache needs. */
export function encodeForStore(object: Frozen<KubeObject>): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  const { resourceVersion: _taken, name, ...others } = metadata;
  return JSON.stringify({ apiVersion, kind, metadata: { name, ...others }, ...rest });
}

/** The item of a stored key. */
export function itemOf({ key, value, modRevision }: KeyValue): Item {
  return { key, revision: modRevision, text: withResourceVersion(value, modRevision), object: undefined };
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

/** Whether objects of a kind are served as they are stored. */
export function isStoredAsServed(kind: KindDefinition): boolean {
  const { storageVersion, group, version } = kind;
  return storageVersion.apiVersion === (group === "" ? version : `${group}/${version}`);
}

/** The item's object in a kind's own version. */
export function objectFor(kind: KindDefinition, item: Item): Frozen<KubeObject> {
  return isStoredAsServed(kind) ? objectOf(item) : kind.fromStorage(objectOf(item));
}

/** The item's text in a kind's own version. */
export function textFor(kind: KindDefinition, item: Item): string {
  return isStoredAsServed(kind) ? item.text : JSON.stringify(objectFor(kind, item));
}
