/**
 * Objects to text and back. Whoever decodes the same text gets the same frozen object, so that ten informers
 * that are sent one event parse it once.
 */

import type { Frozen, KubeObject } from "./types.ts";
import { deepFreeze } from "./types.ts";

// Two generations: a hit in the old one is carried over, the rest is dropped when the young one is full. So
// what is in use stays, without a list to keep in order.
const entriesMax = 8192;
const charsMax = 16_000_000;
let young = new Map<string, Frozen<KubeObject>>();
let old = new Map<string, Frozen<KubeObject>>();
let youngChars = 0;

/** The object that `text` encodes, deeply frozen and shared; throws SyntaxError if it is no JSON. */
export function decode<T extends KubeObject = KubeObject>(text: string): Frozen<T> {
  let object = young.get(text);
  if (object === undefined) {
    object = old.get(text) ?? deepFreeze(JSON.parse(text) as KubeObject);
    remember(text, object);
  }
  // The caller names the kind it asked the server for; the schema was checked when the text was stored.
  return object as Frozen<T>;
}

function remember(text: string, object: Frozen<KubeObject>): void {
  if (young.size >= entriesMax || youngChars + text.length > charsMax) {
    old = young;
    young = new Map();
    youngChars = 0;
  }
  young.set(text, object);
  youngChars += text.length;
}

/** The text of an object: its fields in the order they were set, so equal histories give equal text. */
export function encode(object: Frozen<KubeObject> | KubeObject): string {
  return JSON.stringify(object);
}
