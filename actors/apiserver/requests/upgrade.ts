import { badRequest, forbiddenStatus, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Call } from "./call.ts";

/** The protocol that a WebSocket will speak: the client's favourite among those that are served. */
export function negotiate({ client }: Pick<Call, "client">, served: readonly string[]): Result<string, Status> {
  const upgrade = client?.upgrade ?? "";
  if (upgrade === "") return failed(badRequest("Upgrade request required"));
  if (upgrade !== "websocket") {
    const text = `${upgrade.toUpperCase()} is not served, use a client that speaks WebSockets (kubectl 1.31 or newer)`;
    return failed(badRequest(`unable to upgrade: ${text}`));
  }
  const offered = client?.protocols ?? [];
  // Who names none speaks the one without a name.
  const common = (offered.length > 0 ? offered : [""]).find((each) => served.includes(each));
  if (common !== undefined) return ok(common);
  const lists = `client supports [${offered.join(" ")}], server accepts [${served.filter((each) => each !== "").join(" ")}]`;
  const why = `unable to upgrade: unable to negotiate protocol: ${lists}`;
  return failed(forbiddenStatus({ group: "", resource: "" }, "", why));
}
