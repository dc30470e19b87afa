import { internalError, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { refusalOf } from "../authorization/authorize.ts";
import type { User } from "../messages.ts";

const serviceAccountName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * Who a request acts as: its own user, or, with `Impersonate-User` and `Impersonate-Group`, another one, if the user may
 * impersonate each of them.
 *
 * Source: Kubernetes' documentation, "User impersonation".
 */
export function impersonate(user: User, headers: Readonly<Record<string, string>>): Result<User, Status> {
  const name = headers["impersonate-user"];
  const groups = (headers["impersonate-group"] ?? "")
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
  if (name === undefined || name === "") {
    if (groups.length === 0) return ok(user);
    return failed(internalError(`requested [${groups.join(" ")}] without impersonating a user`));
  }
  const [, namespace = "", account = ""] = serviceAccountName.exec(name) ?? [];
  const wanted = account
    ? { resource: "serviceaccounts", namespace, name: account }
    : { resource: "users", namespace: "", name };
  const all = [wanted, ...groups.map((group) => ({ resource: "groups", namespace: "", name: group }))];
  for (const each of all) {
    const refusal = refusalOf({ user, verb: "impersonate", group: "", ...each });
    if (refusal) return failed(refusal);
  }
  const implied = account ? ["system:serviceaccounts", `system:serviceaccounts:${namespace}`] : [];
  const known = name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  return ok({ name, groups: [...new Set([...(groups.length > 0 ? groups : implied), known])] });
}
