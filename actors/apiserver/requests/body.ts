import { jsonKind } from "../../api/go_format.ts";
import { depthMax, isTooDeep } from "../../api/json_depth.ts";
import { readJson } from "../../api/json_text.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import { badRequest, type Status } from "../../api/status.ts";
import { typeMetaError } from "../../api/type_meta.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Call, Draft } from "./call.ts";
import { checkFields } from "./field_validation.ts";

/** Reads JSON that must be an object, or says why it can not be. */
export function parseJson(text: string, what: string): Result<Record<string, unknown>, Status> {
  if (isTooDeep(text)) return failed(badRequest(`the ${what} is nested too deeply: more than ${depthMax} levels`));
  const read = readJson(text);
  if (!read.ok) return failed(badRequest(`couldn't get version/kind; json parse error: ${read.failure}`));
  const value = read.value ?? {};
  if (typeof value !== "object" || Array.isArray(value)) {
    const why = `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${headType}`;
    return failed(badRequest(`couldn't get version/kind; json parse error: ${why}`));
  }
  return ok(value as Record<string, unknown>);
}

/** What Kubernetes' own server reads of an object before it knows what it is. */
const headType = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
const summaryBytesMax = 30;

/** What is said of a body that does not even say what it is, with how it begins. */
function unrecognized({ message }: Status, { text, kind }: { text: string; kind: KindDefinition }): Status {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind.kind}): ${message} (${summaryOf(text)})`,
  );
}

function summaryOf(text: string): string {
  if (text === "") return "<empty>";
  const bytes = new TextEncoder().encode(text.slice(0, summaryBytesMax + 1));
  const more = bytes.length > summaryBytesMax ? " ..." : "";
  const head = bytes.subarray(0, summaryBytesMax);
  if (text.startsWith("{")) return `${new TextDecoder().decode(head)}${more}`;
  return `${[...head].map((each) => each.toString(16).padStart(2, "0")).join("")}${more}`;
}

/**
 * Reads the object of a request's body as a draft of the kind that the path names: of that version and kind, with the
 * namespace and name of the path, its fields as the schema has them.
 */
export function readObject(call: Call, kind: KindDefinition = call.kind): Result<Draft, Status> {
  const text = call.request.body ?? "";
  const parsed = parseJson(text, "body of the request");
  if (!parsed.ok) return isTooDeep(text) ? parsed : failed(unrecognized(parsed.failure, { text, kind }));
  const draft = parsed.value as unknown as Draft;
  keepReset(draft);
  const untyped = typeMetaError(draft);
  if (untyped !== undefined) return failed(unrecognized(badRequest(untyped), { text, kind }));
  const wrong = checkType(draft, kind) ?? checkFields(call, draft, { kind }) ?? placeInNamespace(call, draft, kind);
  return wrong ? failed(wrong) : ok(draft);
}

/** Who names no owners wants to have none remembered: a list without entries, which decoding would drop, says so. */
export function keepReset({ metadata }: { readonly metadata?: unknown }): void {
  const { managedFields } = (metadata ?? {}) as { managedFields?: unknown };
  if (!Array.isArray(managedFields) || managedFields.length > 0) return;
  (metadata as { managedFields: unknown }).managedFields = [{}];
}

/** What is wrong with the version or kind that an object says it has; what it does not say is filled in. */
export function checkType(draft: Draft, kind: KindDefinition): Status | undefined {
  const apiVersion = groupVersionOf(kind);
  const wrong = typeMetaError(draft);
  if (wrong !== undefined) return badRequest(wrong);
  draft.apiVersion ||= apiVersion;
  draft.kind ||= kind.kind;
  if (draft.apiVersion !== apiVersion) {
    return badRequest(
      `the API version in the data (${draft.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (draft.kind !== kind.kind) {
    return badRequest(
      `${draft.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: converting (${draft.apiVersion}.${draft.kind}) to (${apiVersion}.${kind.kind}): unknown conversion`,
    );
  }
  draft.metadata ??= { name: "" };
  // Metadata of another type is for `checkFields` to refuse.
  if (typeof draft.metadata === "object") draft.metadata.name ??= "";
  return undefined;
}

/** Puts an object into the namespace of the path, or says that it names another; one of the cluster is in none. */
export function placeInNamespace(call: Call, draft: Draft, kind: KindDefinition): Status | undefined {
  const { metadata } = draft;
  if (!kind.namespaced) {
    delete metadata.namespace;
    return undefined;
  }
  metadata.namespace ||= call.namespace;
  if (metadata.namespace === call.namespace) return undefined;
  return badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

/** Checks that an object has the name of the path; an object without a name gets it. */
export function checkName(call: Call, draft: Draft): Status | undefined {
  draft.metadata.name ||= call.name;
  if (draft.metadata.name === call.name) return undefined;
  return badRequest(
    `the name of the object (${draft.metadata.name}) does not match the name on the URL (${call.name})`,
  );
}
