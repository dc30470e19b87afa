import { invalid, notSupported } from "../../api/field_error.ts";
import { decodeFields } from "../../api/schema/decode.ts";
import { badRequest, invalidObject, type Status } from "../../api/status.ts";
import type { KubeObject } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { parseJson } from "./body.ts";
import type { Call } from "./call.ts";
import { integerOf, isTrue } from "./query.ts";
import { dryRunErrors } from "./write_options.ts";

/** How an object is to be deleted: a DeleteOptions, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: "Orphan" | "Background" | "Foreground" | undefined;
  /** Whether it was asked for by `orphanDependents: false`. */
  readonly isLegacyCascade: boolean;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

interface Body extends KubeObject {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}

const bodyKind = {
  kind: "DeleteOptions",
  version: "v1",
  schema: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
};
const groupKind = { group: "meta.k8s.io", kind: "DeleteOptions" };

/** Reads the options of a delete; those of the body count before those of the query. */
export function deleteOptionsOf({ request, query }: Pick<Call, "request" | "query">): Result<DeleteOptions, Status> {
  const read = readBody(request.body ?? "");
  if (!read.ok) return read;
  const body = read.value;
  const asked =
    body.gracePeriodSeconds === undefined ? integerOf(query.gracePeriodSeconds) : ok(body.gracePeriodSeconds);
  if (!asked.ok) return asked;
  const gracePeriodSeconds = asked.value;
  const policy = body.propagationPolicy ?? query.propagationPolicy;
  const { orphanDependents } = query;
  const orphan = body.orphanDependents ?? (orphanDependents === undefined ? undefined : isTrue(orphanDependents));
  if (policy && orphan !== undefined) {
    const why = "orphanDependents and deletionPropagation cannot be both set";
    return failed(invalidObject(groupKind, "", [invalid("propagationPolicy", policy, why)]));
  }
  const legacy = orphan === undefined ? undefined : orphan ? "Orphan" : "Background";
  const propagation = policy || legacy;
  if (!isPropagation(propagation)) {
    const error = notSupported("propagationPolicy", propagation, propagationPolicies);
    return failed(invalidObject(groupKind, "", [error]));
  }
  const wrong = dryRunErrors(body.dryRun ?? []);
  if (wrong.length > 0) return failed(invalidObject(groupKind, "", wrong));
  const { uid, resourceVersion } = body.preconditions ?? {};
  const dryRun = query.dryRun === "All" || (body.dryRun ?? []).length > 0;
  return ok({ gracePeriodSeconds, propagation, isLegacyCascade: orphan === false, uid, resourceVersion, dryRun });
}

const propagationPolicies = ["Foreground", "Background", "Orphan", "nil"];

function isPropagation(value: string | undefined): value is DeleteOptions["propagation"] {
  return value === undefined || value === "Orphan" || value === "Background" || value === "Foreground";
}

function readBody(text: string): Result<Body, Status> {
  const parsed = text === "" ? ok({} as Record<string, unknown>) : parseJson(text, "options of the delete");
  if (!parsed.ok) return parsed;
  const { kind } = parsed.value;
  if (kind !== undefined && kind !== "" && kind !== bodyKind.kind) {
    return failed(badRequest(`delete options cannot be read from a ${JSON.stringify(kind)}`));
  }
  const decoded = decodeFields<Body>(bodyKind, parsed.value);
  return decoded.ok ? ok(decoded.value.object) : failed(badRequest(decoded.failure.text));
}
