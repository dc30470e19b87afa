import { parse } from "yaml";
import { badRequest, requestEntityTooLarge, type Status, unsupportedMediaType } from "../../api/status.ts";
import type { ApiRequest } from "../messages.ts";
import { isFailed } from "../requests/call.ts";

const charsMax = 3 * 1024 * 1024;
const jsonType = "application/json";
const yamlTypes: ReadonlySet<string> = new Set(["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]);
const patchTypes: ReadonlySet<string> = new Set([
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
]);

/** The body of a request as the server reads it, and what kind of patch it is. */
export type RequestBody = Pick<ApiRequest, "body" | "contentType">;

/** Reads the body of an HTTP request; YAML becomes JSON here. */
export function readBody(
  method: string,
  { body, contentType: header }: { body: string; contentType: string | undefined },
): RequestBody | Status {
  if (body.length > charsMax) return requestEntityTooLarge(charsMax);
  const type = (header ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (method === "PATCH") {
    if (!patchTypes.has(type)) return unsupportedMediaType([...patchTypes]);
    return { body, contentType: type as NonNullable<ApiRequest["contentType"]> };
  }
  if (method === "GET" || method === "HEAD") return {};
  if (body === "") return { body };
  if (yamlTypes.has(type)) {
    const json = yamlToJson(body);
    return isFailed(json) ? json : { body: json.text, contentType: jsonType };
  }
  // Who names no type means JSON.
  if (type !== jsonType && type !== "" && type !== "*/*") {
    return unsupportedMediaType([jsonType, "application/yaml"]);
  }
  return { body, contentType: jsonType };
}

function yamlToJson(body: string): { readonly text: string } | Status {
  try {
    return { text: JSON.stringify(parse(body)) };
  } catch (error) {
    return badRequest(`error converting YAML to JSON: ${(error as Error).message}`);
  }
}
