/** Where a server behind a proxy is, and where it is seen. */
export interface LinkPlace {
  /** How the server is called in `Host`: `10.244.0.2:8080`. */
  readonly host: string;
  /** The path of the proxy: `/api/v1/.../proxy`. */
  readonly prefix: string;
}

/** A link of the other side's to itself, as it is found through the proxy. */
export function rewritten(location: string, { host, prefix }: LinkPlace): string {
  const [, authority, path = ""] = /^(?:https?:\/\/([^/?#]*))?(.*)$/i.exec(location) ?? [];
  if (authority !== undefined && authority !== host) return location;
  const isRooted = (path.startsWith("/") && !path.startsWith("//")) || authority !== undefined;
  if (!isRooted || path === prefix || path.startsWith(`${prefix}/`)) return location;
  return `${prefix}${path.startsWith("/") ? "" : "/"}${path}`;
}
