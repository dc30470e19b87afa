import { jsonFields, repeatedFields } from "../../api/json_fields.ts";
import { type DecodedKind, decodeFields, strictDecodingError, type WrongFields } from "../../api/schema/decode.ts";
import { badRequest, type Status } from "../../api/status.ts";
import { type Call, type Draft, warn } from "./call.ts";

/** As in Kubernetes, of more nobody is told. */
const wrongFieldsMax = 100;

/** What a draft's fields are checked by. */
export interface FieldCheck {
  readonly kind: DecodedKind;
  /** What the text of a patch says twice, in words. Default: what the request's body says twice. */
  readonly repeated?: readonly string[];
  /** Default: 400 with the error's own text. */
  readonly wrongType?: (wrong: WrongFields) => Status;
  /** Whether a strategic merge patch made the draft. Default false. */
  readonly isConverted?: boolean;
}

/**
 * Checks a draft's fields against the schema and brings them into their canonical form. What is done about fields that
 * the schema does not have, or that are there twice, is what `fieldValidation` says: refuse (`Strict`), warn (`Warn`,
 * the default) or drop.
 */
export function checkFields(
  call: Pick<Call, "query" | "warnings" | "request" | "client">,
  draft: Draft,
  { kind, repeated, isConverted = false, wrongType = ({ text }) => badRequest(text) }: FieldCheck,
): Status | undefined {
  const mode = call.query.fieldValidation ?? "";
  const decoded = decodeFields(kind, draft, { isConverted });
  if (!decoded.ok) return wrongType(decoded.failure);
  if (mode === "Ignore") return undefined;
  const { repeatedKeys = [] } = call.request;
  const unknown = decoded.value.unknownFields;
  const all = repeated ? [...repeated, ...unknown.map(unknownWords)] : bodyWords(call, unknown);
  const inFields = all.slice(0, wrongFieldsMax);
  if (repeatedKeys.length + inFields.length === 0) return undefined;
  if (mode === "Strict") {
    const inYaml = repeatedKeys.length === 0 ? [] : [["yaml: unmarshal errors:", ...repeatedKeys].join("\n  ")];
    const why = `strict decoding error: ${[...inYaml, ...inFields].join(", ")}`;
    return wrongType({ text: strictDecodingError(kind, why), why });
  }
  warn(call, [...repeatedKeys, ...inFields]);
  return undefined;
}

const unknownWords = (path: string): string => `unknown field "${path}"`;
const repeatedWords = (path: string): string => `duplicate field "${path}"`;

function bodyWords({ request, query, client }: Pick<Call, "request" | "query" | "client">, unknown: readonly string[]) {
  // A component's text was made from an object, which has nothing twice.
  const isMade = client === undefined && query.fieldValidation === undefined;
  return isMade ? unknown.map(unknownWords) : fieldWords(request.body ?? "", unknown);
}

/**
 * What is wrong with the fields of a JSON text, in its own order. What is `unknown` is not said to be there twice as
 * well.
 */
export function fieldWords(body: string, unknown: readonly string[]): string[] {
  const repeated = repeatedFields(body);
  if (repeated.length === 0) return unknown.map(unknownWords);
  const isUnknown = (path: string) => unknown.some((each) => path === each || isWithin(path, each));
  const words = new Map<string, string>(
    repeated.filter((path) => !isUnknown(path)).map((path) => [path, repeatedWords(path)]),
  );
  for (const path of unknown) words.set(path, unknownWords(path));
  const seen = new Set<string>();
  for (const { path, isRepeated } of jsonFields(body)) {
    if (words.get(path) === unknownWords(path) || isRepeated) seen.add(words.get(path) ?? "");
  }
  return [...seen].filter((text) => text !== "");
}

function isWithin(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
