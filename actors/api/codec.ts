/**
 * Objects to text and back. Whoever decodes the same text gets the same frozen object, so that ten informers
 * that are sent one event parse it once.
 */

import type { Frozen, KubeObject } from "./types.ts";
import { deepFreeze } from "./types.ts";

// Two generations: a hit in the old one is carried over, the rest is dropped when the young one is full. So
// what is in use stays, without a list to keep in order. Those who are sent the same text are sent it within moments: a
// long memory is of no use, and each thread of a cluster has one. An object takes up to six times its text.
const entriesMax = 1_024;
const charsMax = 1_000_000;
let young = new Map<string, Frozen<KubeObject>>();
let old = new Map<string, Frozen<KubeObject>>();
let youngChars = 0;
// Lists are long: those who ask at the same moment share one, then it is not looked at again.
const longMin = 65_536;
const longTextsMax = 2;
const longTexts = new Map<string, Frozen<KubeObject>>();

/** The object that `text` encodes, deeply frozen and shared; throws SyntaxError if it is no JSON. */
export function decode<T extends KubeObject = KubeObject>(text: string): Frozen<T> {
  if (text.length >= longMin) return decodeLong(text) as Frozen<T>;
  let object = young.get(text);
  if (object === undefined) {
    object = old.get(text) ?? deepFreeze(JSON.parse(text) as KubeObject);
    remember(text, object);
  }
  // The caller names the kind it asked the server for; the schema was checked when the text was stored.
  return object as Frozen<T>;
}

function decodeLong(text: string): Frozen<KubeObject> {
  let object = longTexts.get(text);
  if (object !== undefined) return object;
  object = deepFreeze(JSON.parse(text) as KubeObject);
  longTexts.set(text, object);
  const [oldest] = longTexts.keys();
  if (longTexts.size > longTextsMax && oldest !== undefined) longTexts.delete(oldest);
  return object;
}

function remember(text: string, object: Frozen<KubeObject>): void {
  if (young.size >= entriesMax || youngChars + text.length > charsMax) {
    old = young;
    young = new Map();
    youngChars = 0;
    longTexts.clear();
  }
  young.set(text, object);
  youngChars += text.length;
}

/** The text of an object: its fields in the order they were set, so equal histories give equal text. */
export function encode(object: Frozen<KubeObject> | KubeObject): string {
  return JSON.stringify(object);
}
