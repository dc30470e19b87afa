import type net from "node:net";
import { allows, type PermissionNeed, type Permissions } from "../../../../runtime/core/permissions.ts";
import { permissionsAnnotation } from "../../messages.ts";
import { guardedNames } from "./builtin_grants.ts";
import { guardedFiles } from "./guarded_files.ts";

/** What a container's code is refused when it does what its pod does not grant. */
export type Refuse = (need: PermissionNeed) => void;

/**
 * Makes what refuses a need that is not granted.
 *
 * @throws Error with the code that Node's own permissions have
 */
export function refuserOf(permissions: Permissions, container: string): Refuse {
  return (need) => {
    if (allows(permissions, need)) return;
    const { name, scope } = need;
    throw Object.assign(
      new Error(
        `Cannot use "${scope}" in container "${container}": permission "${name}" is not granted for it, add "${name}": ${JSON.stringify([scope])} to its pod's annotation ${permissionsAnnotation}`,
      ),
      { code: "ERR_ACCESS_DENIED", permission: name, resource: scope },
    );
  };
}

/** A module of Node as an image gets it: it does what is granted, and refuses all else. */
export function guardedBuiltin(name: string, { load, refuse }: { load(name: string): object; refuse: Refuse }): object {
  const [builtin = ""] = name.replace(/^node:/, "").split("/");
  if (builtin === "fs") return guardedFiles(load(name) as Record<string, unknown>, refuse);
  if (guardedNames.has(builtin)) guardSockets(load("node:net") as typeof net, refuse);
  return load(name);
}

const isGuarded = Symbol("isGuarded");

/** All connections of Node go through these two, whoever asks for them; the modules are this worker's own. */
function guardSockets({ Socket, Server }: typeof net, refuse: Refuse): void {
  if (isGuarded in Socket.prototype) return;
  Object.defineProperty(Socket.prototype, isGuarded, { value: true });
  const guard = (owner: object, method: "connect" | "listen", hostDefault: string) => {
    const original = Reflect.get(owner, method) as (...args: unknown[]) => unknown;
    Object.defineProperty(owner, method, {
      configurable: true,
      writable: true,
      value(this: unknown, ...args: unknown[]) {
        refuse({ name: "net", scope: endpointOf(args, hostDefault) });
        return Reflect.apply(original, this, args);
      },
    });
  };
  guard(Socket.prototype, "connect", "localhost");
  guard(Server.prototype, "listen", "0.0.0.0");
}

/** `host:port`, or the path of a socket; Node hands its own calls over as a list of options and callback. */
function endpointOf(args: readonly unknown[], hostDefault: string): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { path?: unknown; host?: unknown; port?: unknown };
    if (typeof path === "string" && port === undefined) return path;
    return `${host ?? hostDefault}:${port ?? 0}`;
  }
  if (typeof first === "string" && !/^\d+$/.test(first)) return first;
  return `${typeof second === "string" ? second : hostDefault}:${typeof first === "function" ? 0 : (first ?? 0)}`;
}
