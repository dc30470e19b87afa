import type { KindDefinition } from "../../api/kind.ts";
import { type Decoded, decodeFields, strictDecodingError } from "../../api/schema/decode.ts";
import { badRequest, invalidObject, type Status } from "../../api/status.ts";
import type { Call, Draft } from "./call.ts";

/** Why fields could not be read. */
export type WrongFields = Extract<Decoded, { readonly error: string }>;

/**
 * Checks a draft's fields against the schema and brings them into their canonical form. What is done about fields that
 * the schema does not have is what `fieldValidation` says: refuse (`Strict`), warn (`Warn`, the default) or drop.
 */
export function checkFields(
  call: Pick<Call, "query" | "warnings">,
  draft: Draft,
  kind: KindDefinition,
  wrongType: (decoded: WrongFields) => Status = ({ error }) => badRequest(error),
): Status | undefined {
  const mode = call.query.fieldValidation ?? "";
  if (!["", "Strict", "Warn", "Ignore"].includes(mode)) return unknownMode(mode);
  const decoded = decodeFields(kind, draft);
  if ("error" in decoded) return wrongType(decoded);
  const { unknownFields } = decoded;
  if (unknownFields.length === 0 || mode === "Ignore") return undefined;
  if (mode === "Strict") return badRequest(strictDecodingError(kind, unknownFields));
  for (const field of unknownFields) call.warnings.push(`unknown field "${field}"`);
  return undefined;
}

function unknownMode(mode: string): Status {
  const detail = 'supported values: "Ignore", "Strict", "Warn"';
  const error = { type: "FieldValueNotSupported", field: "fieldValidation", value: mode, detail } as const;
  return invalidObject({ group: "meta.k8s.io", kind: "CreateOptions" }, "", [error]);
}
