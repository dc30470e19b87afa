import { badRequest, forbiddenStatus, type Status } from "../../api/status.ts";
import type { Call } from "./call.ts";

/** The protocol that a WebSocket will speak: the client's favourite among those that are served; a Status if there is none. */
export function negotiate({ client }: Pick<Call, "client">, served: readonly string[]): string | Status {
  const upgrade = client?.upgrade ?? "";
  if (upgrade === "") return badRequest("Upgrade request required");
  if (upgrade !== "websocket") {
    const text = `${upgrade.toUpperCase()} is not served, use a client that speaks WebSockets (kubectl 1.31 or newer)`;
    return badRequest(`unable to upgrade: ${text}`);
  }
  const offered = client?.protocols ?? [];
  // Who names none speaks the one without a name.
  const common = (offered.length > 0 ? offered : [""]).find((each) => served.includes(each));
  if (common !== undefined) return common;
  const lists = `client supports [${offered.join(" ")}], server accepts [${served.filter((each) => each !== "").join(" ")}]`;
  return forbiddenStatus({ group: "", resource: "" }, "", `unable to upgrade: unable to negotiate protocol: ${lists}`);
}
