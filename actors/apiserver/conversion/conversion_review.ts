/**
 * What a webhook that converts custom resources is asked, and how its answer is read.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
 */
import { isTooDeep } from "../../api/json_depth.ts";
import { readJson } from "../../api/json_text.ts";
import { typeMetaError } from "../../api/type_meta.ts";
import type { Fields, Frozen, KubeObject } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

const group = "apiextensions.k8s.io";

/** A version of ConversionReview. */
export type ConversionReviewVersion = "v1" | "v1beta1";

/** The version to ask a webhook in: the first of its own that is known here. */
export function conversionReviewVersionOf(versions: readonly string[]): ConversionReviewVersion | undefined {
  return versions.find((each): each is ConversionReviewVersion => each === "v1" || each === "v1beta1");
}

/** What is asked. */
export interface ConversionQuestion {
  readonly version: ConversionReviewVersion;
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Frozen<KubeObject>[];
}

/** The body of a question to a webhook. */
export function conversionReviewText({ version, ...request }: ConversionQuestion): string {
  return JSON.stringify({ kind: "ConversionReview", apiVersion: `${group}/${version}`, request });
}

/** Reads a webhook's answer; a text says why there are no objects in it. */
export function readConversionReview(text: string, { version, uid }: ConversionQuestion): Result<unknown[], string> {
  const read = parse(text);
  if (!read.ok) return read;
  const untyped = typeMetaError(read.value);
  if (untyped !== undefined) return failed(untyped);
  const { apiVersion = "", kind = "", response } = read.value;
  if (version === "v1" && (apiVersion !== `${group}/v1` || kind !== "ConversionReview")) {
    const got = String(apiVersion).includes("/") ? apiVersion : `/${apiVersion}`;
    return failed(
      `expected webhook response of ${group}/v1, Kind=ConversionReview, got ${String(got)}, Kind=${String(kind)}`,
    );
  }
  if (!isObject(response)) return failed("no response provided");
  const { uid: own = "", result, convertedObjects } = response;
  if (version === "v1" && own !== uid) {
    return failed(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(own)}`);
  }
  const { status = "", message = "" } = isObject(result) ? result : {};
  if (status !== "Success") {
    return failed(
      typeof message === "string" && message !== ""
        ? message
        : `response.result.status was '${typeof status === "string" ? status : ""}', not 'Success'`,
    );
  }
  return ok(Array.isArray(convertedObjects) ? convertedObjects : []);
}

function parse(text: string): Result<Fields, string> {
  if (isTooDeep(text)) return failed("the answer is nested too deeply");
  const read = readJson(text);
  if (!read.ok) return failed(`couldn't get version/kind; json parse error: ${read.failure}`);
  const { value } = read;
  return isObject(value) ? ok(value) : failed("couldn't get version/kind; json parse error: the answer is no object");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
