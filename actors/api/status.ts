/**
 * The answers of an API server that are not objects: Status, with Kubernetes' reasons, codes and words.
 */

import { present } from "../kit/present.ts";
import type { FieldError } from "./field_error.ts";
import { aggregateText, fieldErrorBody } from "./field_error.ts";

/** One of several reasons for a failure. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** What a failure is about. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** The machine-readable reasons of a failure. */
export type StatusReason =
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Expired"
  | "Invalid"
  | "ServerTimeout"
  | "Timeout"
  | "TooManyRequests"
  | "BadRequest"
  | "MethodNotAllowed"
  | "NotAcceptable"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "InternalError"
  | "ServiceUnavailable"
  | "StoreReadError";

/** The outcome of a request: a failure and why, or the success of a delete. */
export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: { resourceVersion?: string };
  status: "Success" | "Failure";
  message?: string;
  reason?: StatusReason;
  details?: StatusDetails;
  code: number;
}

/** A group and the plural name of a kind in it. */
export interface GroupResource {
  group: string;
  resource: string;
}

/** A group and a kind in it. */
export interface GroupKind {
  group: string;
  kind: string;
}

/** The text Kubernetes writes when an update was based on an old version. */
const conflictText = "the object has been modified; please apply your changes to the latest version and try again";

/** The text Kubernetes writes when a watch cannot start where it was asked to. */
const watchTooOldText = "The resourceVersion for the provided watch is too old.";

interface Failure {
  code: number;
  reason?: StatusReason;
  message: string;
  details?: StatusDetails;
}

function failure(options: Failure): Status {
  const { code, reason, message, details } = options;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...present({ reason, details }),
    code,
  };
}

function joined(name: string, group: string): string {
  return group === "" ? name : `${name}.${group}`;
}

function detailsOf(resource: GroupResource, name: string): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    ...(resource.resource === "" ? {} : { kind: resource.resource }),
  };
}

/** The answer to a delete that is done: there is no object left to show. */
export function success(resource: GroupResource, object: { name: string; uid: string }): Status {
  const details = { ...detailsOf(resource, object.name), uid: object.uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 };
}

/** The answer to the create of a part that is done and leaves nothing to show: a binding, an eviction. */
export function created(): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
}

/** The object is not there. */
export function notFound(resource: GroupResource, name: string): Status {
  const message = `${joined(resource.resource, resource.group)} "${name}" not found`;
  return failure({ code: 404, reason: "NotFound", message, details: detailsOf(resource, name) });
}

const nothingServed = "the server could not find the requested resource";

/** Nothing is served under the path that was asked for. */
export function notFoundPath(): Status {
  return failure({ code: 404, reason: "NotFound", message: nothingServed, details: {} });
}

/** Whether a Status is that of a path under which nothing is served. */
export function isNotFoundPath({ code, message }: Readonly<Pick<Status, "code" | "message">>): boolean {
  return code === 404 && message === nothingServed;
}

/** An object of the name is there already. */
export function alreadyExists(resource: GroupResource, name: string): Status {
  const message = `${joined(resource.resource, resource.group)} "${name}" already exists`;
  return failure({ code: 409, reason: "AlreadyExists", message, details: detailsOf(resource, name) });
}

/** A name was made up from `generateName` too often and was always taken. */
export function generateNameConflict(resource: GroupResource, name: string): Status {
  const what = `${joined(resource.resource, resource.group)} "${name}"`;
  const message = `${what} already exists, the server was not able to generate a unique name for the object`;
  return failure({ code: 409, reason: "AlreadyExists", message, details: detailsOf(resource, name) });
}

/** The object is not as the request expects it to be. */
export function conflict(resource: GroupResource, name: string, text: string = conflictText): Status {
  const message = `Operation cannot be fulfilled on ${joined(resource.resource, resource.group)} "${name}": ${text}`;
  return failure({ code: 409, reason: "Conflict", message, details: detailsOf(resource, name) });
}

/** An apply would change what others own; each such field is a cause. */
export function applyConflict(message: string, causes: readonly StatusCause[]): Status {
  return failure({ code: 409, reason: "Conflict", message, details: { causes: [...causes] } });
}

/** The object breaks rules of its kind. */
export function invalidObject(kind: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const { causes, texts } = shownErrors(errors);
  const head = `${joined(kind.kind, kind.group)} "${name}" is invalid`;
  const message = errors.length === 0 ? head : `${head}: ${aggregateText(texts)}`;
  const details = { ...detailsOf({ group: kind.group, resource: kind.kind }, name), causes };
  return failure({ code: 422, reason: "Invalid", message, details });
}

/** So long an answer may become by telling of one more error. */
const errorsCharsMax = 256 * 1024;

/**
 * What an answer tells of errors: all, unless it would be very long. Each shows the value that is wrong, and of one value
 * there may be as many errors as it has parts.
 */
function shownErrors(errors: readonly FieldError[]) {
  const causes: StatusCause[] = [];
  const texts: string[] = [];
  let chars = 0;
  for (const error of errors) {
    if (chars > errorsCharsMax) break;
    const message = fieldErrorBody(error);
    causes.push({ reason: error.type, message, field: error.field });
    texts.push(`${error.field}: ${message}`);
    chars += error.field.length + message.length;
  }
  const left = errors.length - causes.length;
  if (left > 0) texts.push(`and ${left} more`);
  return { causes, texts };
}

/** The request itself cannot be understood. */
export function badRequest(message: string): Status {
  return failure({ code: 400, reason: "BadRequest", message });
}

/** The requester is known but may not do this. */
export function forbiddenStatus(resource: GroupResource, name: string, text: string): Status {
  const what = joined(resource.resource, resource.group);
  const subject = what === "" ? "forbidden" : name === "" ? `${what} is forbidden` : `${what} "${name}" is forbidden`;
  const details = detailsOf(resource, name);
  return failure({ code: 403, reason: "Forbidden", message: `${subject}: ${text}`, details });
}

/** The requester is not known. */
export function unauthorized(message = "Unauthorized"): Status {
  return failure({ code: 401, reason: "Unauthorized", message });
}

/** The kind does not offer the verb. */
export function methodNotAllowed(resource: GroupResource, action: string): Status {
  const what = joined(resource.resource, resource.group);
  const message = `${action} is not supported on resources of kind "${what}"`;
  return failure({ code: 405, reason: "MethodNotAllowed", message, details: detailsOf(resource, "") });
}

/** The path is served, but not with this HTTP method. */
export function methodNotAllowedPath(): Status {
  const message = "the server does not allow this method on the requested resource";
  return failure({ code: 405, reason: "MethodNotAllowed", message, details: {} });
}

/** The history the request needs has been compacted away: list again. */
export function expired(message: string = watchTooOldText): Status {
  return failure({ code: 410, reason: "Expired", message });
}

/** A watch starts before what the watch cache remembers. */
export function tooOldResourceVersion(asked: number, oldest: number): Status {
  return expired(`too old resource version: ${asked} (${oldest})`);
}

/** A read asks for a version that this server has not seen yet. */
export function tooLargeResourceVersion(asked: number, current: number, retryAfterSeconds: number): Status {
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }];
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return failure({ code: 504, reason: "Timeout", message, details: { causes, retryAfterSeconds } });
}

/** The request was given up before it was done; it may have had its effect. */
export function timeout(message: string, retryAfterSeconds = 0): Status {
  const details = retryAfterSeconds === 0 ? {} : { retryAfterSeconds };
  return failure({ code: 504, reason: "Timeout", message: `Timeout: ${message}`, details });
}

/** The server has too much to do. */
export function tooManyRequests(message: string, retryAfterSeconds: number): Status {
  return failure({ code: 429, reason: "TooManyRequests", message, details: { retryAfterSeconds } });
}

/** A pod's disruption budget does not let it be evicted now: why, and when to come back where that is known. */
export function disruptionRefused(why: string, retryAfterSeconds = 0): Status {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: "DisruptionBudget", message: why }];
  const details = { causes, ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) };
  return failure({ code: 429, reason: "TooManyRequests", message, details });
}

/** Something is wrong in the server. */
export function internalError(text: string): Status {
  const message = `Internal error occurred: ${text}`;
  return failure({ code: 500, reason: "InternalError", message, details: { causes: [{ message: text }] } });
}

/** Something went wrong for which there is no function here: its text as it is, and by default no reason. */
export function unknownFailure(message: string, options: { code?: number; reason?: StatusReason } = {}): Status {
  return failure({ code: 500, ...options, message });
}

/** The server, or what it depends on, cannot be reached now. */
export function serviceUnavailable(message: string): Status {
  return failure({ code: 503, reason: "ServiceUnavailable", message });
}

/** The body is in a format that is not understood. */
export function unsupportedMediaType(accepted: readonly string[]): Status {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return failure({ code: 415, reason: "UnsupportedMediaType", message });
}

/** The answer is asked for in a format that is not offered. */
export function notAcceptable(offered: readonly string[]): Status {
  return notAcceptableText(`only the following media types are accepted: ${offered.join(", ")}`);
}

/** The answer cannot be given in the form that was asked for, as the text says. */
export function notAcceptableText(message: string): Status {
  return failure({ code: 406, reason: "NotAcceptable", message });
}

/** The body is larger than this server takes. */
export function requestEntityTooLarge(bytesMax: number): Status {
  const message = `Request entity too large: limit is ${bytesMax}`;
  return failure({ code: 413, reason: "RequestEntityTooLarge", message });
}

/** The patch has more in it than one patch may have. */
export function patchTooLarge(why: string): Status {
  return failure({ code: 413, reason: "RequestEntityTooLarge", message: `Request entity too large: ${why}` });
}

/** The patch was understood but does not fit the object; a real server says no more than this. */
export function rejectedPatch(): Status {
  const message = "the server rejected our request due to an error in our request";
  return failure({ code: 422, reason: "Invalid", message, details: {} });
}
