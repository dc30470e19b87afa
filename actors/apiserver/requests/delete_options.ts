import { invalid, notSupported } from "../../api/field_error.ts";
import { decodeFields } from "../../api/schema/decode.ts";
import { badRequest, invalidObject, type Status } from "../../api/status.ts";
import type { KubeObject } from "../../api/types.ts";
import { parseJson } from "./body.ts";
import { type Call, isFailed } from "./call.ts";
import { integerOf, isTrue } from "./query.ts";
import { dryRunErrors } from "./write_options.ts";

/** How an object is to be deleted: a DeleteOptions, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: "Orphan" | "Background" | "Foreground" | undefined;
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
export function deleteOptionsOf({ request, query }: Pick<Call, "request" | "query">): DeleteOptions | Status {
  const body = readBody(request.body ?? "");
  if (isFailed(body)) return body;
  const gracePeriodSeconds = body.gracePeriodSeconds ?? integerOf(query.gracePeriodSeconds);
  if (typeof gracePeriodSeconds === "object") return gracePeriodSeconds;
  const policy = body.propagationPolicy ?? query.propagationPolicy;
  const asked = query.orphanDependents;
  const orphan = body.orphanDependents ?? (asked === undefined ? undefined : isTrue(asked));
  if (policy && orphan !== undefined) {
    const why = "orphanDependents and deletionPropagation cannot be both set";
    return invalidObject(groupKind, "", [invalid("propagationPolicy", policy, why)]);
  }
  const legacy = orphan === undefined ? undefined : orphan ? "Orphan" : "Background";
  const propagation = policy || legacy;
  if (!isPropagation(propagation)) {
    return invalidObject(groupKind, "", [notSupported("propagationPolicy", propagation, propagationPolicies)]);
  }
  const wrong = dryRunErrors(body.dryRun ?? []);
  if (wrong.length > 0) return invalidObject(groupKind, "", wrong);
  const { uid, resourceVersion } = body.preconditions ?? {};
  const dryRun = query.dryRun === "All" || (body.dryRun ?? []).length > 0;
  return { gracePeriodSeconds, propagation, uid, resourceVersion, dryRun };
}

const propagationPolicies = ["Foreground", "Background", "Orphan", "nil"];

function isPropagation(value: string | undefined): value is DeleteOptions["propagation"] {
  return value === undefined || value === "Orphan" || value === "Background" || value === "Foreground";
}

function readBody(text: string): Body | Status {
  const parsed = text === "" ? {} : parseJson(text, "options of the delete");
  if (isFailed(parsed)) return parsed;
  const { kind } = parsed;
  if (kind !== undefined && kind !== "" && kind !== bodyKind.kind) {
    return badRequest(`delete options cannot be read from a ${JSON.stringify(kind)}`);
  }
  const decoded = decodeFields<Body>(bodyKind, parsed);
  return "error" in decoded ? badRequest(decoded.error) : decoded.object;
}
