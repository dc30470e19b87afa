import { jsonKind } from "../../api/go_format.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { fieldWords } from "./field_validation.ts";

/** What an operation has, and what must be a text of it. */
const operationFields: ReadonlyMap<string, "string" | "any"> = new Map([
  ["op", "string"],
  ["path", "string"],
  ["from", "string"],
  ["value", "any"],
]);

/**
 * What a server finds that reads a JSON patch strictly, which it does unless it is told to ignore fields: why it cannot
 * be read at all, or the words for fields that no operation has, or that one has twice.
 */
export function jsonPatchFields(patch: unknown, text: string): Result<readonly string[], string> {
  const unmarshal = (value: unknown, into: string) => failed(`json: cannot unmarshal ${jsonKind(value)} into ${into}`);
  if (!Array.isArray(patch)) return unmarshal(patch, "Go value of type []handlers.jsonPatchOp");
  const unknown: string[] = [];
  for (const [index, operation] of (patch as unknown[]).entries()) {
    if (operation === null) continue;
    if (typeof operation !== "object" || Array.isArray(operation)) {
      return unmarshal(operation, "Go value of type handlers.jsonPatchOp");
    }
    for (const [name, value] of Object.entries(operation)) {
      const type = operationFields.get(name);
      if (type === undefined) unknown.push(`[${index}].${name}`);
      else if (type === "string" && value !== null && typeof value !== "string") {
        return unmarshal(value, `Go struct field jsonPatchOp.${name} of type string`);
      }
    }
  }
  return ok(fieldWords(text, unknown).map((words) => `json patch ${words}`));
}
