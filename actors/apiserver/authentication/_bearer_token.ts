import { decodeBase64Url } from "../../api/base64.ts";
import type { Credentials } from "./_authenticator.ts";

/** A browser cannot set headers of a WebSocket, so it puts its token among the protocols. */
const bearerProtocol = "base64url.bearer.authorization.k8s.io.";

/** The protocols of a WebSocket without tokens among them: those are nobody else's to know. */
export function withoutTokens(protocols: string): string {
  const others = protocols.split(",").filter((each) => !each.trim().startsWith(bearerProtocol));
  return others.map((each) => each.trim()).join(", ");
}

/** The token that a request shows; undefined when it shows none. */
export function bearerTokenOf(headers: Credentials["headers"]): string | undefined {
  const [scheme = "", token = ""] = (headers.authorization ?? "").trim().split(" ");
  if (scheme.toLowerCase() === "bearer" && token !== "") return token;
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  const found = protocols.find((each) => each.startsWith(bearerProtocol));
  return found === undefined ? undefined : decodeBase64Url(found.slice(bearerProtocol.length));
}
