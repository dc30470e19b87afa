import { internalError, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { refusalOf } from "../authorization/_authorize.ts";
import type { User } from "../messages.ts";

const serviceAccountName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Who a request acts as by its headers `Impersonate-User` and `Impersonate-Group`. */
export function actingAs(user: User, headers: Readonly<Record<string, string>>): Result<User, Status> {
  const name = headers["impersonate-user"];
  const groups = (headers["impersonate-group"] ?? "")
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
  if (name !== undefined && name !== "") return impersonate(user, { name, groups });
  if (groups.length === 0) return ok(user);
  return failed(internalError(`requested [${groups.join(" ")}] without impersonating a user`));
}

/**
 * Who a request acts as: its own user, or another one, if the user may impersonate that one and each of the groups.
 *
 * Source: Kubernetes' documentation, "User impersonation".
 */
export function impersonate(user: User, wanted: User | undefined): Result<User, Status> {
  if (!wanted) return ok(user);
  const { name, groups } = wanted;
  const [, namespace = "", account = ""] = serviceAccountName.exec(name) ?? [];
  const subject = account
    ? { resource: "serviceaccounts", namespace, name: account }
    : { resource: "users", namespace: "", name };
  const all = [subject, ...groups.map((group) => ({ resource: "groups", namespace: "", name: group }))];
  for (const each of all) {
    const refusal = refusalOf({ user, verb: "impersonate", group: "", ...each });
    if (refusal) return failed(refusal);
  }
  const implied = account ? ["system:serviceaccounts", `system:serviceaccounts:${namespace}`] : [];
  const known = name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  return ok({ name, groups: [...new Set([...(groups.length > 0 ? groups : implied), known])] });
}
