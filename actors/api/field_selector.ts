/**
 * Field selectors: `metadata.name=x,status.phase!=Running`. Only the fields that a kind declares can be used.
 */

import { failed, ok, type Result } from "../kit/result.ts";

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** How to read the fields that a kind lets be selected. */
export type FieldReaders<T> = Readonly<Record<string, FieldReader<T>>>;

// Written as a method, so that the readers of one kind can stand in a list of readers of all kinds.
type FieldReader<T> = { read(object: T): string }["read"];

/** The conditions that a field selector's text asks for, or why it asks for none. */
export function parseFieldSelector(text: string): Result<readonly FieldRequirement[], string> {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === "") continue;
    const split = splitTerm(term);
    if (split === undefined) return failed(`invalid selector: '${text}'; can't understand '${term}'`);
    const value = unescaped(split.value);
    if (value === undefined) return failed(`invalid field selector: invalid escape sequence: ${split.value}`);
    requirements.push({ field: split.field, equal: split.equal, value });
  }
  return ok(requirements);
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === ",") {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): FieldRequirement | undefined {
  for (let at = 0; at < term.length; at++) {
    const rest = term.slice(at, at + 2);
    if (rest === "!=") return { field: term.slice(0, at), equal: false, value: term.slice(at + 2) };
    if (rest === "==") return { field: term.slice(0, at), equal: true, value: term.slice(at + 2) };
    if (term[at] === "=") return { field: term.slice(0, at), equal: true, value: term.slice(at + 1) };
  }
  return undefined;
}

function unescaped(value: string): string | undefined {
  if (!/[\\,=]/.test(value)) return value;
  let plain = "";
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at);
    if (char === "\\") {
      const next = value.charAt(++at);
      if (next === "" || !"\\,=".includes(next)) return undefined;
      plain += next;
    } else if (char === "=") return undefined;
    else plain += char;
  }
  return plain;
}

/** The text of field conditions, which parses to the same conditions. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  const escaped = (value: string): string => value.replace(/[\\,=]/g, (char) => `\\${char}`);
  return requirements.map(({ field, equal, value }) => `${field}${equal ? "=" : "!="}${escaped(value)}`).join(",");
}

/** What a server says of the first field that cannot be selected by, if there is one. */
export function fieldSelectorError<T>(
  requirements: readonly FieldRequirement[],
  readers: FieldReaders<T>,
): string | undefined {
  const unknown = requirements.find(({ field }) => !Object.hasOwn(readers, field));
  if (unknown === undefined) return undefined;
  // Kinds that add no fields of their own go through the default conversion, which has other words.
  if (Object.keys(readers).every((field) => field.startsWith("metadata."))) {
    return `"${unknown.field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
  }
  return `field label not supported: ${unknown.field}`;
}

/** Whether an object matches all conditions; a field that the kind does not declare never matches. */
export function matchesFields<T>(
  requirements: readonly FieldRequirement[],
  subject: { object: T; readers: FieldReaders<T> },
): boolean {
  return requirements.every(({ field, equal, value }) => {
    const read = Object.hasOwn(subject.readers, field) ? subject.readers[field] : undefined;
    return read !== undefined && (read(subject.object) === value) === equal;
  });
}
