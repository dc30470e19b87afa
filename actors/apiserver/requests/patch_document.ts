import { goFormat, jsonKind } from "../../api/go_format.ts";
import { isTooDeep } from "../../api/json_depth.ts";
import { applyJsonPatch } from "../../api/json_patch.ts";
import { readJson } from "../../api/json_text.ts";
import { applyMergePatch } from "../../api/merge_patch.ts";
import { badRequest, patchTooLarge, rejectedPatch, type Status, unsupportedMediaType } from "../../api/status.ts";
import { applyStrategicMergePatch } from "../../api/strategic_merge_patch.ts";
import type { Fields, Frozen } from "../../api/types.ts";
import { yamlToJson } from "../../api/yaml.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { ApiRequest } from "../messages.ts";
import type { Existing } from "./call.ts";
import { fieldWords } from "./field_validation.ts";
import { jsonPatchFields } from "./json_patch_fields.ts";

/** The patch of a request, read once and applied as often as it must be. */
export type PatchDocument = ApplyDocument | ChangeDocument;

interface AnyDocument {
  /** What the text of the patch says twice, in words. */
  readonly repeated: readonly string[];
  /** What an error shows when what the patch made has a field of the wrong type. */
  shown(patched: Fields): string;
}

/** An object as its applier wants it, which may also be created. */
export interface ApplyDocument extends AnyDocument {
  readonly config: Fields;
}

/** A change of an object that is there. */
export interface ChangeDocument extends AnyDocument {
  readonly config?: undefined;
  /** Whether it says something of who owns fields. */
  readonly namesOwners: boolean;
  /** The object of a schema with the patch applied; shares what it does not change. */
  patched(original: Existing, schema: string): Result<Fields, Status>;
}

/** The types of patches. */
export const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
] as const;

/**
 * Reads a request's patch, or says what is wrong with it. One that a component made of an object (`isMade`) has nothing
 * twice, so that nobody looks.
 */
export function readPatch(
  { contentType, body = "", query }: Pick<ApiRequest, "contentType" | "body" | "query">,
  isMade = false,
): Result<PatchDocument, Status> {
  if (!patchTypes.some((each) => each === contentType)) return failed(unsupportedMediaType(patchTypes));
  const apply = contentType === "application/apply-patch+yaml";
  const converted = apply && !body.startsWith("{") ? yamlToJson(body) : ok({ json: body, repeatedKeys: [] });
  if (!converted.ok) {
    return failed(badRequest(`error decoding YAML: error converting YAML to JSON: ${converted.failure}`));
  }
  const { json } = converted.value;
  if (isTooDeep(json)) return failed(badRequest("error decoding patch: it is nested too deeply"));
  const read = readJson(json);
  if (!read.ok) return failed(badRequest(`error decoding patch: ${read.failure}`));
  const document = read.value;
  const isRead = !isMade && query?.fieldValidation !== "Ignore";
  const namesOwners = json.includes("managedFields");
  if (contentType === "application/json-patch+json") {
    const repeated = isRead ? jsonPatchFields(document, body) : ok([]);
    if (!repeated.ok) return failed(badRequest(`error decoding patch: ${repeated.failure}`));
    const patched = (original: Existing) => jsonPatched(original, document);
    return ok({ repeated: repeated.value, namesOwners, shown: JSON.stringify, patched });
  }
  if (!isObject(document)) {
    const why = `json: cannot unmarshal ${jsonKind(document)} into Go value of type map[string]interface {}`;
    const decoding = apply ? "YAML: error unmarshaling JSON: while decoding JSON" : "patch";
    return failed(badRequest(`error decoding ${decoding}: ${why}`));
  }
  const patch = document;
  const inJson = isRead ? fieldWords(json, []) : [];
  if (contentType === "application/merge-patch+json") {
    const patched = (original: Existing) => ok(applyMergePatch(original, patch) as Fields);
    return ok({ repeated: inJson, namesOwners, shown: JSON.stringify, patched });
  }
  if (apply) {
    // Kubernetes reads an apply as YAML, which JSON is, too.
    const asYaml = inJson.length > 0 ? yamlToJson(body) : converted;
    const repeated = asYaml.ok ? asYaml.value.repeatedKeys : [];
    return ok({ config: patch, repeated, shown: () => goFormat(patch) });
  }
  const patched = (original: Existing, schema: string) => {
    const result = applyStrategicMergePatch(original as unknown as Fields, { patch, schema });
    return result.ok ? result : failed(badRequest(result.failure));
  };
  return ok({ repeated: inJson, namesOwners, shown: () => goFormat(patch), patched });
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonPatched(original: Frozen<object>, document: unknown): Result<Fields, Status> {
  const result = applyJsonPatch(original, document);
  if (result.ok) return isObject(result.value) ? ok(result.value) : failed(rejectedPatch());
  const { kind, why } = result.failure;
  if (kind === "tooLarge") return failed(patchTooLarge(why));
  return failed(kind === "malformed" ? badRequest(why) : rejectedPatch());
}
