import type { Address } from "../core/actor.ts";
import type { PermissionNeed } from "../core/permissions.ts";
import type { DiskRequest } from "./messages.ts";

/**
 * What a disk request needs. Paths are relative to the actor's own folder, which is its address; a path that begins
 * with `/` is relative to the root of all disks, so naming another's folder needs a permission for it.
 */
export function diskNeeds(any: unknown, address: Address): PermissionNeed {
  const request = any as DiskRequest;
  const isRead = request.op === "read" || request.op === "list";
  return { name: isRead ? "read" : "write", scope: diskScope(request.path, address) };
}

/** The path of a file among all disks. */
export function diskScope(path: string, address: Address): string {
  return path.startsWith("/") ? path.slice(1) : `${address}/${path}`;
}
