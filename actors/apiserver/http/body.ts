import { decodeBase64Bytes } from "../../api/base64.ts";
import { decodeProtobuf, protobufType } from "../../api/protobuf.ts";
import type { TypeMeta } from "../../api/schema/protobuf_kinds.ts";
import { badRequest, type Status, unsupportedMediaType } from "../../api/status.ts";
import { yamlToJson } from "../../api/yaml.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { ApiRequest } from "../messages.ts";
import type { RequestBody } from "../requests/incoming.ts";

const jsonType = "application/json";
const yamlTypes: ReadonlySet<string> = new Set(["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]);
const patchTypes: ReadonlySet<string> = new Set([
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
]);

/** A body as it came. */
export interface HttpBody {
  readonly body: string;
  readonly bodyEncoding?: "base64";
  readonly contentType: string | undefined;
  /** What the request is about, which a body may leave unsaid; undefined if nothing is served there. */
  readonly expected: TypeMeta | undefined;
}

function typeOf(contentType: string | undefined): string {
  return (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** What is wrong with the type that a body is said to have, which can be told before it has come. */
export function bodyTypeError(method: string, contentType: string | undefined): Status | undefined {
  const type = typeOf(contentType);
  if (method === "PATCH") return patchTypes.has(type) ? undefined : unsupportedMediaType([...patchTypes]);
  // Who names no type means JSON.
  const isKnown = type === jsonType || type === protobufType || yamlTypes.has(type) || type === "" || type === "*/*";
  return isKnown ? undefined : unsupportedMediaType([jsonType, "application/yaml", protobufType]);
}

/** Reads the body of an HTTP request, of a type that is served; YAML and protocol buffers become JSON here. */
export function readBody(method: string, http: HttpBody): Result<RequestBody, Status> {
  const { body, contentType: header } = http;
  const type = typeOf(header);
  if (method === "PATCH") return ok({ body, contentType: type as NonNullable<ApiRequest["contentType"]> });
  if (body === "") return ok({ body });
  if (yamlTypes.has(type)) {
    const converted = yamlToJson(body);
    if (!converted.ok) return failed(badRequest(`error converting YAML to JSON: ${converted.failure}`));
    const { json, repeatedKeys } = converted.value;
    return ok({ body: json, contentType: jsonType, ...(repeatedKeys.length > 0 ? { repeatedKeys } : {}) });
  }
  if (type === protobufType) {
    const json = protobufToJson(http);
    return json.ok ? ok({ body: json.value, contentType: jsonType }) : json;
  }
  return ok({ body, contentType: jsonType });
}

function protobufToJson({ body, bodyEncoding, expected }: HttpBody): Result<string, Status> {
  // Nothing is served there, and the answer will say so, whatever the body is.
  if (expected === undefined) return ok("");
  const bytes = bodyEncoding === "base64" ? decodeBase64Bytes(body) : new TextEncoder().encode(body);
  const decoded = decodeProtobuf(bytes, expected);
  return decoded.ok ? ok(JSON.stringify(decoded.value)) : failed(badRequest(decoded.failure));
}
