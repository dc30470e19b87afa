/** What an actor can be allowed to touch, all of it. */
export const permissionNames = ["net", "read", "write", "run", "env", "sys"] as const;

/** What an actor can be allowed to touch. */
export type PermissionName = (typeof permissionNames)[number];

/**
 * Named permissions, each with its scopes; `"*"` is every scope. What is absent is refused.
 *
 * Scopes: `net` host:port, host:first-last or host; `read` and `write` a path and all below it, `"."` the actor's own folder; `run`,
 * `env`, `sys` exact names.
 *
 * @example
 * const permissions: Permissions = { net: ["127.0.0.1:6443"], read: ["."], write: ["."] }
 */
export type Permissions = { readonly [Name in PermissionName]?: readonly string[] };

/** The scope that stands for the actor's own folder. */
const ownFolder = ".";

/** Permissions with `"."` replaced by the folder of the actor at this address. */
export function ownPermissions(permissions: Permissions, address: string): Permissions {
  const entries = Object.entries(permissions) as [PermissionName, readonly string[]][];
  return Object.fromEntries(
    entries.map(([name, scopes]) => [name, scopes.map((scope) => (scope === ownFolder ? address : scope))]),
  );
}

/** One thing that somebody is about to do. */
export interface PermissionNeed {
  readonly name: PermissionName;
  readonly scope: string;
}

/** The permissions that allow everything: the root's. */
export const allPermissions: Permissions = Object.freeze({
  net: ["*"],
  read: ["*"],
  write: ["*"],
  run: ["*"],
  env: ["*"],
  sys: ["*"],
});

/** What is wrong with a scope that a user wrote, in words that tell what to give; `undefined` when it can be one. */
export function scopeProblem({ name, scope }: PermissionNeed): string | undefined {
  if (scope === "") return "give a scope, or * for all";
  const isPath = name === "read" || name === "write";
  if (!isPath || scope === "*" || (scope.startsWith("/") && !scope.split("/").includes(".."))) return undefined;
  return "give an absolute path without .., or * for all";
}

/** Whether `held` covers the need. */
export function allows(held: Permissions, need: PermissionNeed): boolean {
  return (held[need.name] ?? []).some((scope) => covers(need.name, scope, need.scope));
}

/**
 * Refuses a need that is not covered.
 *
 * @throws Error that names the actor, the permission and the scope
 */
export function assertAllowed(held: Permissions, need: PermissionNeed, actor: string): void {
  if (!allows(held, need)) throw new Error(refusal(need, actor));
}

/** The words of a refusal. */
export function refusal(need: PermissionNeed, actor: string): string {
  return `Cannot use "${need.scope}" in actor "${actor}": permission "${need.name}" is not granted for it, add ${need.name}: ["${need.scope}"] to its definition and to its parents' grants`;
}

/**
 * What a child may do: the scopes it asks for that its parent holds.
 *
 * @throws Error when the child asks for more than its parent holds
 */
export function inherit(parent: Permissions, asked: Permissions, child: string): Permissions {
  for (const [name, scopes] of Object.entries(asked) as [PermissionName, readonly string[]][]) {
    for (const scope of scopes) {
      if (!allows(parent, { name, scope })) {
        throw new Error(
          `Cannot start actor "${child}": it asks for permission "${name}" for "${scope}", which its parent does not hold`,
        );
      }
    }
  }
  return asked;
}

function covers(name: PermissionName, held: string, wanted: string): boolean {
  if (held === "*" || held === wanted) return true;
  if (name === "read" || name === "write") return isBelow(wanted, held);
  if (name === "net") return (!held.includes(":") && wanted.startsWith(`${held}:`)) || hasPorts(held, wanted);
  return false;
}

const portsOfHost = /^(.*):(\d+)(?:-(\d+))?$/;

/** Whether a range of ports of a host has all of another: `127.0.0.1:30000-32767` has `127.0.0.1:30080`. */
function hasPorts(held: string, wanted: string): boolean {
  const [, host, first, last = first] = portsOfHost.exec(held) ?? [];
  const [, wantedHost, wantedFirst, wantedLast = wantedFirst] = portsOfHost.exec(wanted) ?? [];
  if (host === undefined || host !== wantedHost) return false;
  return Number(wantedFirst) >= Number(first) && Number(wantedLast) <= Number(last);
}

function isBelow(path: string, folder: string): boolean {
  const segments = path.split("/");
  return !segments.includes("..") && path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
