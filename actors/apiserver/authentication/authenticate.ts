import type { NetMessage } from "../../../runtime/mod.ts";
import { type Status, unauthorized } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { User } from "../messages.ts";

/** What an HTTP request shows of who asks. */
export type Credentials = Pick<
  Extract<NetMessage, { readonly type: "net.request" }>,
  "headers" | "peer" | "isPeerRefused"
>;

const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };
/** A browser cannot set headers of a WebSocket, so it puts its token among the protocols. */
const bearerProtocol = "base64url.bearer.authorization.k8s.io.";

/**
 * Who asks over HTTPS: the verified certificate's common name, its organizations as groups. Who shows nothing is
 * anonymous; who shows something that is not valid is refused.
 */
export function authenticate({ headers, peer, isPeerRefused }: Credentials): Result<User, Status> {
  if (peer?.commonName) return ok({ name: peer.commonName, groups: [...peer.organizations, "system:authenticated"] });
  // This cluster has given out no tokens: whichever is shown is none of its own.
  return isPeerRefused || bearerTokenOf(headers) !== undefined ? failed(unauthorized()) : ok(anonymous);
}

/** The token that a request shows; undefined when it shows none. */
function bearerTokenOf(headers: Credentials["headers"]): string | undefined {
  const [scheme = "", token = ""] = (headers.authorization ?? "").trim().split(" ");
  if (scheme.toLowerCase() === "bearer" && token !== "") return token;
  const protocols = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  return protocols.find((each) => each.startsWith(bearerProtocol))?.slice(bearerProtocol.length);
}
