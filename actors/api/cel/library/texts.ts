import { formatInstant } from "../../time.ts";
import { regularExpression } from "../regular.ts";
import { type CelFunction, error, isList, isMap, isNumber, isSpecial, noOverload, type Value } from "../values.ts";
import { textOfIp } from "./addresses.ts";

/** How many matches a text can have at most that are looked for. */
function findAll([text, pattern, limit]: readonly Value[], spend: () => boolean): Value {
  if (typeof text !== "string" || typeof pattern !== "string") return noOverload;
  const regular = regularExpression(pattern);
  if (!regular) return error(`error parsing regexp: ${pattern}`);
  const most = typeof limit === "bigint" && limit >= 0n ? Number(limit) : Number.POSITIVE_INFINITY;
  const matcher = regular.matcher(text);
  const found: string[] = [];
  while (found.length < most && spend() && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}

function find(args: readonly Value[], spend: () => boolean): Value {
  const found = findAll([...args.slice(0, 2), 1n], spend);
  return isList(found) ? (found[0] ?? "") : found;
}

/** A value as `%s` shows it. */
export function shownText(value: Value): string | undefined {
  if (typeof value === "string") return value;
  if (value === null) return "null";
  if (isNumber(value) || typeof value === "boolean") return String(value);
  if (isList(value)) return `[${value.map((each) => shownText(each) ?? "").join(", ")}]`;
  if (isMap(value)) {
    const entries = [...value].map(([key, each]) => `${shownText(key) ?? ""}: ${shownText(each) ?? ""}`);
    return `{${entries.sort().join(", ")}}`;
  }
  if (value.tag === "duration") return `${Number(value.nanos) / 1e9}s`;
  if (value.tag === "ip") return textOfIp(value.bytes);
  if (value.tag === "cidr") return `${textOfIp(value.bytes)}/${value.bits}`;
  if (value.tag === "url") return value.url.text;
  if (value.tag === "type") return value.name;
  if (value.tag !== "timestamp") return undefined;
  const nanosPerSecond = 1_000_000_000n;
  const [seconds, nanos] = [value.nanos / nanosPerSecond, value.nanos % nanosPerSecond];
  return formatInstant({ seconds: Number(seconds), nanos: Number(nanos) }, "time");
}

/** A value as one verb of a format shows it; undefined where it cannot. */
function formatted(verb: string, digits: string, value: Value): string | undefined {
  const precision = digits === "" ? 6 : Number(digits);
  if (verb === "s") return shownText(value);
  if (verb === "d") return typeof value === "bigint" ? String(value) : undefined;
  if (verb === "f") return isNumber(value) ? Number(value).toFixed(Math.min(precision, 100)) : undefined;
  if (verb === "e") {
    const text = isNumber(value) ? Number(value).toExponential(Math.min(precision, 100)) : undefined;
    return text?.replace(/e([+-])(\d)$/, "e$10$2");
  }
  if (verb === "b" && typeof value === "boolean") return value ? "1" : "0";
  const radix = { b: 2, o: 8, x: 16, X: 16 }[verb];
  if (radix === undefined) return undefined;
  if (typeof value === "string" && radix === 16) {
    const hex = [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return verb === "X" ? hex.toUpperCase() : hex;
  }
  if (typeof value !== "bigint") return undefined;
  return verb === "X" ? value.toString(radix).toUpperCase() : value.toString(radix);
}

function format([text, args]: readonly Value[]): Value {
  if (typeof text !== "string" || args === undefined || !isList(args)) return noOverload;
  let at = 0;
  let wrong: string | undefined;
  const made = text.replace(/%(?:\.(\d+))?([\s\S]?)/g, (_all, digits = "", verb = "") => {
    if (verb === "%") return "%";
    if (at >= args.length) {
      wrong ??= `index ${at} out of range`;
      return "";
    }
    const shown = formatted(verb, digits, args[at++] ?? null);
    if (shown === undefined) wrong ??= `unrecognized formatting clause "${verb}"`;
    return shown ?? "";
  });
  return wrong === undefined ? made : error(`error during formatting: ${wrong}`);
}

const quote: CelFunction = ([text]) => (typeof text === "string" ? JSON.stringify(text) : noOverload);

/** @see https://pkg.go.dev/github.com/google/cel-go/ext#Strings */
export const textFunctions: readonly (readonly [string, CelFunction])[] = [
  ["find", find],
  ["findAll", findAll],
  ["format", format],
  ["strings.quote", quote],
  [
    "bool",
    ([value]) => {
      if (typeof value === "boolean") return value;
      if (typeof value !== "string") return noOverload;
      if (/^(?:1|t|T|true|True|TRUE)$/.test(value)) return true;
      return /^(?:0|f|F|false|False|FALSE)$/.test(value)
        ? false
        : error(`type conversion error from 'string' to 'bool'`);
    },
  ],
  ["type", ([value]) => ({ tag: "type", name: typeNameOf(value ?? null) })],
];

function typeNameOf(value: Value): string {
  if (value === null) return "null_type";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isList(value)) return "list";
  if (isMap(value)) return "map";
  const tag = isSpecial(value) ? value.tag : "";
  return { timestamp: "google.protobuf.Timestamp", duration: "google.protobuf.Duration" }[tag as string] ?? tag;
}

/** The names of types, which are values, too. */
export const typeNames: ReadonlySet<string> = new Set([
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "list",
  "map",
  "null_type",
  "type",
]);
