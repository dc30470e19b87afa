import type { NetMessage } from "../../../runtime/mod.ts";
import type { User } from "../messages.ts";

type Peer = Extract<NetMessage, { readonly type: "net.request" }>["peer"];

const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** Who asks over HTTPS: the verified certificate's common name, its organizations as groups; else nobody known. */
export function authenticate(peer: Peer): User {
  if (!peer?.commonName) return anonymous;
  return { name: peer.commonName, groups: [...peer.organizations, "system:authenticated"] };
}
