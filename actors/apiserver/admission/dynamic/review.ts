import { decodeBase64Bytes } from "../../../api/base64.ts";
import { isTooDeep } from "../../../api/json_depth.ts";
import { readJson } from "../../../api/json_text.ts";
import type { Status } from "../../../api/status.ts";
import { typeMetaError } from "../../../api/type_meta.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import type { AdmissionRequest } from "./request.ts";

const group = "admission.k8s.io";

/** A version of AdmissionReview. */
export type ReviewVersion = "v1" | "v1beta1";

/** The version to ask a webhook in: the first of its own that is known here. */
export function reviewVersionOf(versions: readonly string[]): ReviewVersion | undefined {
  return versions.find((each): each is ReviewVersion => each === "v1" || each === "v1beta1");
}

/** The body of a question to a webhook. */
export function reviewText(version: ReviewVersion, uid: string, request: AdmissionRequest): string {
  return JSON.stringify({ kind: "AdmissionReview", apiVersion: `${group}/${version}`, request: { uid, ...request } });
}

/** What a webhook has said. */
export interface Reviewed {
  readonly allowed: boolean;
  readonly status: Partial<Status> | undefined;
  /** A JSON patch, as it was read; undefined for none. */
  readonly patch: unknown;
  readonly warnings: readonly string[];
}

interface Answered {
  readonly uid?: unknown;
  readonly allowed?: unknown;
  readonly status?: unknown;
  readonly patch?: unknown;
  readonly patchType?: unknown;
  readonly warnings?: unknown;
}

/** What is asked of an answer. */
export interface Expected {
  readonly version: ReviewVersion;
  readonly uid: string;
  /** Whether it may change the object. */
  readonly mutating: boolean;
}

/** Reads a webhook's answer; a text says what is wrong with it. */
export function readReview(text: string, expected: Expected): Result<Reviewed, string> {
  const read = parse(text);
  if (!read.ok) return failed(`failed to call webhook: ${read.failure}`);
  const untyped = typeMetaError(read.value);
  if (untyped !== undefined) return failed(`failed to call webhook: ${untyped}`);
  const { response, apiVersion = "", kind = "" } = read.value;
  const wrong = (why: string) => failed(`received invalid webhook response: ${why}`);
  if (!isFields(response)) return wrong("webhook response was absent");
  const answered: Answered = response;
  const { allowed, status, warnings } = answered;
  const uid = typeof answered.uid === "string" ? answered.uid : "";
  if (expected.version === "v1" && uid !== expected.uid) {
    return wrong(`expected response.uid=${JSON.stringify(expected.uid)}, got ${JSON.stringify(uid)}`);
  }
  const type = `${group}/${expected.version}`;
  if (apiVersion !== type || kind !== "AdmissionReview") {
    const [own = "", version = ""] = String(apiVersion).includes("/")
      ? String(apiVersion).split("/")
      : ["", apiVersion];
    return wrong(
      `expected webhook response of ${type}, Kind=AdmissionReview, got ${own}/${version}, Kind=${String(kind)}`,
    );
  }
  const patch = patchOf(answered, expected);
  if (!patch.ok) return patch;
  const said = Array.isArray(warnings) ? warnings.filter((each): each is string => typeof each === "string") : [];
  return ok({
    allowed: allowed === true,
    status: isFields(status) ? (status as Partial<Status>) : undefined,
    patch: patch.value,
    warnings: said,
  });
}

function patchOf({ patch, patchType: type }: Answered, { version, mutating }: Expected): Result<unknown, string> {
  const wrong = (why: string) => failed(`received invalid webhook response: ${why}`);
  const text = typeof patch === "string" ? patch : "";
  const hasType = type !== undefined && type !== null;
  if (!mutating) {
    if (version === "v1" && text !== "") return wrong("validating webhook may not return response.patch");
    if (version === "v1" && hasType) return wrong("validating webhook may not return response.patchType");
    return ok(undefined);
  }
  if (version === "v1") {
    if (text !== "" && !hasType) return wrong("webhook returned response.patch but not response.patchType");
    if (text === "" && hasType) return wrong("webhook returned response.patchType but not response.patch");
    if (type === "") return wrong('webhook returned invalid response.patchType of ""');
  }
  if (text === "") return ok(undefined);
  if (hasType && type !== "JSONPatch") return failed(`unsupported patch type ${JSON.stringify(type)}`);
  const decoded = jsonOf(text);
  return decoded === undefined ? failed("received undecodable patch in webhook response: it is no JSON") : ok(decoded);
}

function jsonOf(base64: string): unknown {
  try {
    const text = new TextDecoder().decode(decodeBase64Bytes(base64));
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse(text: string): Result<Record<string, unknown>, string> {
  if (isTooDeep(text)) return failed("the answer is nested too deeply");
  const read = readJson(text);
  if (!read.ok) return failed(`couldn't get version/kind; json parse error: ${read.failure}`);
  const { value } = read;
  return isFields(value) ? ok(value) : failed("couldn't get version/kind; json parse error: the answer is no object");
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
