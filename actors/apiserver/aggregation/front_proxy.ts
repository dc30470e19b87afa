import type { HttpsStreamRequest } from "../../../runtime/mod.ts";
import type { User } from "../messages.ts";
import type { Server } from "../server.ts";

/** The certificate by which others know that this server may say who asks. */
export function frontProxyOf({
  input,
}: Pick<Server, "input">): Pick<Extract<HttpsStreamRequest, { readonly op: "open" }>, "client"> {
  const frontProxy = input.https?.frontProxy;
  return frontProxy ? { client: { cert: frontProxy.cert, key: frontProxy.key } } : {};
}

/** Names of headers that say who asks: nobody but this server says so. */
export const identityHeaderPattern = /^x-remote-(?:user|group|uid|extra-)/;

/** Who asks, as the other side is told it. */
export function identityHeaders(user: User): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = { "X-Remote-User": user.name };
  if (user.uid) headers["X-Remote-Uid"] = user.uid;
  if (user.groups.length > 0) headers["X-Remote-Group"] = user.groups;
  for (const [key, values] of Object.entries(user.extra ?? {})) {
    headers[`X-Remote-Extra-${headerKey(key)}`] = values;
  }
  return headers;
}

/** A key of `extra` may have what a header's name may not. */
function headerKey(key: string): string {
  return [...new TextEncoder().encode(key)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-z0-9!#$&'*+.^_`|~-]/i.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
