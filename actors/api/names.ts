/**
 * Names that are made up: the suffix of `generateName`, and the hash of a pod template.
 */
import type { Frozen, PodTemplateSpec } from "./types.ts";

// No vowels and no look-alike digits, so that a suffix never spells a word.
const alphabet = "bcdfghjklmnpqrstvwxz2456789";
const suffixLength = 5;
const baseLengthMax = 63 - suffixLength;

/** The name for an object that has `base` as its `generateName`; `random` gives numbers in [0, 1). */
export function generateName(base: string, random: () => number): string {
  let name = base.length > baseLengthMax ? base.slice(0, baseLengthMax) : base;
  for (let index = 0; index < suffixLength; index++) {
    name += alphabet[Math.floor(random() * alphabet.length)] ?? "";
  }
  return name;
}

/** `text` with each character taken into the alphabet of generated names. */
function safeEncode(text: string): string {
  let encoded = "";
  for (let index = 0; index < text.length; index++) {
    encoded += alphabet[text.charCodeAt(index) % alphabet.length] ?? "";
  }
  return encoded;
}

/** FNV-1a of 32 bits over the UTF-8 bytes of `text`. */
export function fnv1a(text: string, hash = 0x811c9dc5): number {
  let state = hash;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) ?? 0;
    if (code < 0x80) state = Math.imul(state ^ code, 0x01000193);
    else {
      if (code > 0xffff) index++;
      for (const byte of utf8(code)) state = Math.imul(state ^ byte, 0x01000193);
    }
  }
  return state >>> 0;
}

function utf8(code: number): number[] {
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >> 6), tail(0)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)];
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
}

/** JSON with the keys of every object in order: equal data gives equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  const fields = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(fields[key])}`);
  }
  return `{${parts.join(",")}}`;
}

const templateHashes = new WeakMap<object, number>();

/** The `pod-template-hash` of a template; `collisionCount` makes another one when the first is taken. */
export function podTemplateHash(template: Frozen<PodTemplateSpec>, collisionCount = 0): string {
  let hash = templateHashes.get(template) ?? fnv1a(canonicalJson(template));
  // Only a frozen template cannot change after it was hashed.
  if (Object.isFrozen(template)) templateHashes.set(template, hash);
  if (collisionCount > 0) hash = fnv1a(String(collisionCount), hash);
  return safeEncode(String(hash));
}
