import { serviceAccountGroups, serviceAccountOf } from "../../api/service_account_names.ts";
import { internalError, type Status } from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { refusalOf } from "../authorization/_authorize.ts";
import type { Rights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";
import { anonymousUser } from "./anonymous.ts";

type Headers = Readonly<Record<string, string>>;

const extraPrefix = "impersonate-extra-";
const identityGroup = "authentication.k8s.io";

/** Who a request acts as by its headers `Impersonate-User`, `-Group`, `-Uid` and `-Extra-KEY`. */
export function actingAs(rights: Rights, user: User, headers: Headers): Result<User, Status> {
  const name = headers["impersonate-user"] ?? "";
  const groups = valuesOf(headers["impersonate-group"]);
  const uid = headers["impersonate-uid"] ?? "";
  const extra = extraOf(headers);
  if (name !== "") {
    const wanted = { name, groups, ...(uid === "" ? {} : { uid }), ...present({ extra }) };
    return impersonate(rights, user, wanted);
  }
  if (groups.length === 0 && uid === "" && !extra) return ok(user);
  const asked = [...groups, uid, ...Object.values(extra ?? {}).flat()].filter((each) => each !== "");
  return failed(internalError(`requested [${asked.join(" ")}] without impersonating a user`));
}

function valuesOf(header = ""): string[] {
  return header
    .split(",")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** Their keys are in lower case, with what a header's name cannot be made of percent-encoded. */
function extraOf(headers: Headers): Record<string, string[]> | undefined {
  const found: Record<string, string[]> = {};
  for (const name of Object.keys(headers).sort()) {
    if (!name.startsWith(extraPrefix)) continue;
    const key = decoded(name.slice(extraPrefix.length));
    if (key !== "__proto__") found[key] = valuesOf(headers[name]);
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** One thing that somebody wants to be, which rules may allow. */
interface Role {
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Who a request acts as: its own user, or another one, if rules let the user be that one, each of the groups, the uid and
 * each thing else that is said of it.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function impersonate(rights: Rights, user: User, wanted: User | undefined): Result<User, Status> {
  if (!wanted) return ok(user);
  for (const role of rolesOf(wanted)) {
    const { group = "", namespace = "", resource, name } = role;
    const refusal = refusalOf(rights, { user, verb: "impersonate", group, resource, namespace, name });
    if (refusal) return failed(refusal);
  }
  const { name, uid, extra } = wanted;
  return ok({ name, groups: groupsOf(wanted), ...present({ uid, extra }) });
}

function* rolesOf({ name, groups, uid, extra = {} }: User): Generator<Role> {
  const account = serviceAccountOf(name);
  if (account) yield { resource: "serviceaccounts", ...account };
  else yield { resource: "users", name };
  for (const group of groups) yield { resource: "groups", name: group };
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) yield { group: identityGroup, resource: `userextras/${key}`, name: value };
  }
  if (uid !== undefined) yield { group: identityGroup, resource: "uids", name: uid };
}

/** Those that were asked for, and those that everybody is in who is known, or is not. */
function groupsOf({ name, groups }: User): string[] {
  const account = serviceAccountOf(name);
  const own = groups.length === 0 && account ? serviceAccountGroups(account.namespace) : groups;
  const { authenticated, unauthenticated } = everybody;
  if (name === anonymousUser.name) return own.includes(unauthenticated) ? [...own] : [...own, unauthenticated];
  return own.includes(authenticated) || own.includes(unauthenticated) ? [...own] : [...own, authenticated];
}

const everybody = { authenticated: "system:authenticated", unauthenticated: "system:unauthenticated" };
