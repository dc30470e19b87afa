import { badRequest, type Status } from "../../api/status.ts";
import { parseJson } from "./body.ts";
import { type Call, isFailed } from "./call.ts";

/** How an object is to be deleted: a DeleteOptions, from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: "Orphan" | "Background" | "Foreground" | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly dryRun: boolean;
}

interface Body {
  readonly kind?: unknown;
  readonly gracePeriodSeconds?: unknown;
  readonly propagationPolicy?: unknown;
  readonly orphanDependents?: unknown;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}

/** Reads the options of a delete; those of the body count before those of the query. */
export function deleteOptionsOf({ request, query }: Pick<Call, "request" | "query">): DeleteOptions | Status {
  const text = request.body ?? "";
  const parsed = text === "" ? {} : parseJson(text, "options of the delete");
  if (isFailed(parsed)) return parsed;
  const body = parsed as Body;
  if (body.kind !== undefined && body.kind !== "DeleteOptions") {
    return badRequest(`delete options cannot be read from a ${JSON.stringify(body.kind)}`);
  }
  const grace = body.gracePeriodSeconds ?? query.gracePeriodSeconds;
  const gracePeriodSeconds = grace === undefined || grace === "" ? undefined : Number(grace);
  if (gracePeriodSeconds !== undefined && !Number.isSafeInteger(gracePeriodSeconds)) {
    return badRequest(`gracePeriodSeconds is no whole number: ${JSON.stringify(grace)}`);
  }
  const policy = body.propagationPolicy ?? query.propagationPolicy;
  const orphan = body.orphanDependents ?? query.orphanDependents;
  const legacy = orphan === undefined ? undefined : String(orphan) === "true" ? "Orphan" : "Background";
  const propagation = policy === undefined || policy === "" ? legacy : policy;
  if (!isPropagation(propagation)) {
    return badRequest(
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(propagation)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    );
  }
  const { uid, resourceVersion } = body.preconditions ?? {};
  const dryRun = query.dryRun === "All" || (body.dryRun ?? []).includes("All");
  return { gracePeriodSeconds, propagation, uid, resourceVersion, dryRun };
}

function isPropagation(value: unknown): value is DeleteOptions["propagation"] {
  return value === undefined || value === "Orphan" || value === "Background" || value === "Foreground";
}
