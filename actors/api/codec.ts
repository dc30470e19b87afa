/**
 * Objects to text and back. Whoever decodes the same text gets the same frozen object, so that ten informers
 * that are sent one event parse it once.
 */

import { withPacked } from "./stored_text.ts";
import type { Frozen, KubeObject } from "./types.ts";
import { deepFreeze } from "./types.ts";

// Two generations: a hit in the old one is carried over, the rest is dropped when the young one is full. So
// what is in use stays, without a list to keep in order. An object takes up to six times its text, and each thread has
// such a memory: where one actor lives in a thread hardly a text comes twice, and it stays small; where hundreds share
// one, each is sent what the others are sent, and it grows as long as that is so.
const entriesLeast = 1_024;
const charsLeast = 1_000_000;
const scaleMax = 16;
/** Where hardly a text comes twice, one that is kept costs more than it saves: what it takes, collections copy. */
const scaleMin = 1 / 16;
let scale = 1;
let [hits, misses] = [0, 0];
let young = new Map<string, Frozen<KubeObject>>();
let old = new Map<string, Frozen<KubeObject>>();
let youngChars = 0;
// Lists are long: those who ask at the same moment share one, then it is not looked at again.
const longMin = 65_536;
const longMax = 2;
const longTexts = new Map<string, Frozen<KubeObject>>();
let longLists: LongList[] = [];

interface LongList {
  readonly frame: string;
  readonly items: readonly string[];
  readonly list: Frozen<KubeObject>;
}

/** The object that `text` encodes, deeply frozen and shared; throws SyntaxError if it is no JSON. */
export function decode<T extends KubeObject = KubeObject>(text: string): Frozen<T> {
  if (text.length >= longMin) return decodeLong(text) as Frozen<T>;
  let object = young.get(text);
  if (object === undefined) {
    object = old.get(text);
    if (object === undefined) {
      misses++;
      object = deepFreeze(parse(text));
    } else hits++;
    remember(text, object);
  } else hits++;
  // The caller names the kind it asked the server for; the schema was checked when the text was stored.
  return object as Frozen<T>;
}

/** Who owns the fields of an object is the server's alone to know: where that is packed, it is left out. */
function parse(text: string): KubeObject {
  return JSON.parse(withPacked(text, () => "")) as KubeObject;
}

function decodeLong(text: string): Frozen<KubeObject> {
  let object = longTexts.get(text);
  if (object !== undefined) return object;
  object = deepFreeze(parse(text));
  longTexts.set(text, object);
  const [oldest] = longTexts.keys();
  if (longTexts.size > longMax && oldest !== undefined) longTexts.delete(oldest);
  return object;
}

/**
 * The list that `frame` encodes without its items, with them: each is parsed by itself, so that a thread that has no
 * room for all of them ends between two. As with `decode`, equal texts share one list.
 */
export function decodeList(frame: string, items: readonly string[]): Frozen<KubeObject> {
  const known = longLists.find((each) => each.frame === frame && areSame(each.items, items));
  if (known) return known.list;
  const list = deepFreeze({
    ...(JSON.parse(frame) as KubeObject),
    items: items.map((text) => deepFreeze(parse(text))),
  });
  longLists = [...longLists, { frame, items, list }].slice(-longMax);
  return list;
}

function areSame(texts: readonly string[], others: readonly string[]): boolean {
  return texts.length === others.length && texts.every((text, index) => text === others[index]);
}

function remember(text: string, object: Frozen<KubeObject>): void {
  if (young.size >= entriesLeast * scale || youngChars + text.length > charsLeast * scale) {
    rescale();
    old = young;
    young = new Map();
    youngChars = 0;
    longTexts.clear();
    longLists = [];
  }
  young.set(text, object);
  youngChars += text.length;
}

/** At the end of a generation: a memory in which most is found grows, one in which hardly anything is shrinks. */
function rescale(): void {
  if (hits >= misses) scale = Math.min(scale * 2, scaleMax);
  else if (hits * 4 < misses) scale = Math.max(scale / 2, scaleMin);
  [hits, misses] = [0, 0];
}

/** The text of an object: its fields in the order they were set, so equal histories give equal text. */
export function encode(object: Frozen<KubeObject> | KubeObject): string {
  return JSON.stringify(object);
}
