import type { Server } from "../server.ts";
import { nameOfService } from "./local_services.ts";
import { isAvailable, type Remote } from "./remotes.ts";

type Known = Pick<Server, "remotes" | "served">;

/**
 * Who else serves a path: what is below `/apis/GROUP/VERSION`, and the document of OpenAPI v3 that tells of it. What this
 * server can serve itself it goes on serving until the other answers.
 */
export function remoteFor({ remotes, served }: Known, parts: readonly string[]): Remote | undefined {
  if (remotes.byName.size === 0) return undefined;
  const isDocument = parts[0] === "openapi" && parts[1] === "v3" && parts.length === 5;
  const [root, group = "", version = ""] = isDocument ? parts.slice(2) : parts;
  if (root !== "apis") return undefined;
  const remote = remotes.byName.get(nameOfService({ group, version }));
  if (!remote || (isDocument && remote.documentUrl === undefined)) return undefined;
  return isServedHere({ remotes, served }, remote) ? undefined : remote;
}

/** Whether this server serves what somebody else ought to. */
export function isServedHere({ served }: Known, remote: Remote): boolean {
  const { group, version } = remote;
  return (
    served.all.groupVersions.some((each) => each.group === group && each.version === version) && !isAvailable(remote)
  );
}

/** Those whose word counts, in the order of their names. */
export function activeRemotes({ remotes, served }: Known): readonly Remote[] {
  if (remotes.byName.size === 0) return [];
  const active = [...remotes.byName.values()].filter((remote) => !isServedHere({ remotes, served }, remote));
  return active.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where the other has what it is asked for here: its document may have a place of its own choosing. */
export function remoteUrl({ documentUrl }: Remote, url: string): string {
  return url.startsWith("/openapi/") && documentUrl?.startsWith("/") ? documentUrl : url;
}
