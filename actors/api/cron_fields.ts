/** What a field of a schedule may say. */
interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields: readonly Field[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
];

/** A schedule's five fields in their plainest form, or why they are none: the words of Kubernetes' own parser. */
export type ParsedFields = { readonly plain: string } | { readonly error: string };

/**
 * Reads the five fields as Kubernetes does (robfig/cron, "standard"): lists of numbers, names, ranges and steps, where
 * `5/15` begins at 5 and goes on to the end. The plain form has only stars and stepped ranges.
 */
export function parseCronFields(text: string): ParsedFields {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return { error: `expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]` };
  }
  const plain: string[] = [];
  for (const [index, field] of fields.entries()) {
    const read = parseList(parts[index] ?? "", field);
    if ("error" in read) return read;
    plain.push(read.plain);
  }
  return { plain: plain.join(" ") };
}

function parseList(text: string, field: Field): ParsedFields {
  const ranges: string[] = [];
  for (const part of text.split(",").filter((each) => each !== "")) {
    const read = parseRange(part, field);
    if ("error" in read) return read;
    ranges.push(read.plain);
  }
  if (ranges.length === 0) return { error: `empty field: ${text}` };
  // A star among others says all that they say, and that the field leaves the day to its neighbour.
  return { plain: ranges.includes("*") ? "*" : ranges.join(",") };
}

function parseRange(text: string, field: Field): ParsedFields {
  const [range = "", stepText, ...slashes] = text.split("/");
  if (slashes.length > 0) return { error: `too many slashes: ${text}` };
  const [firstText = "", lastText, ...hyphens] = range.split("-");
  if (hyphens.length > 0) return { error: `too many hyphens: ${text}` };
  const isStar = firstText === "*" || firstText === "?";
  const first = isStar ? field.min : parseNumber(firstText, field);
  const toEnd = isStar || (stepText !== undefined && lastText === undefined);
  const last = toEnd ? field.max : lastText === undefined ? first : parseNumber(lastText, field);
  const step = stepText === undefined ? 1 : parseNumber(stepText, { ...field, names: [] });
  for (const each of [first, last, step]) if (typeof each === "string") return { error: each };
  const wrong = rangeError({ first: Number(first), last: Number(last), step: Number(step) }, { text, field });
  if (wrong !== undefined) return { error: wrong };
  return {
    plain: isStar && step === 1 ? "*" : `${first}-${last}/${Math.min(Number(step), field.max - field.min + 1)}`,
  };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

function rangeError({ first, last, step }: Range, { text, field }: { text: string; field: Field }): string | undefined {
  if (first < field.min) return `beginning of range (${first}) below minimum (${field.min}): ${text}`;
  if (last > field.max) return `end of range (${last}) above maximum (${field.max}): ${text}`;
  if (first > last) return `beginning of range (${first}) beyond end of range (${last}): ${text}`;
  return step === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

/** A number, or why it is none. */
function parseNumber(text: string, { names, min }: Field): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  if (/^\+?\d+$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
