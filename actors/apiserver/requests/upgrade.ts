import { badRequest, forbiddenStatus, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Call } from "./call.ts";

/** What is served on top of each way to go on, the protocols by name. */
export interface Served {
  readonly webSocket: readonly string[];
  /** Default: SPDY is not served. */
  readonly spdy?: readonly string[];
}

/** What client and server will speak. */
export interface Agreed {
  readonly protocol: string;
  /** Else it is a WebSocket. */
  readonly isSpdy: boolean;
}

/** How a client goes on: with its favourite among the protocols that are served. */
export function negotiate({ client }: Pick<Call, "client">, { webSocket, spdy }: Served): Result<Agreed, Status> {
  const upgrade = client?.upgrade ?? "";
  if (upgrade === "") return failed(badRequest("Upgrade request required"));
  const isSpdy = upgrade === "spdy/3.1" && spdy !== undefined;
  if (!isSpdy && upgrade !== "websocket") {
    const text = `${upgrade.toUpperCase()} is not served, use a client that speaks WebSockets (kubectl 1.31 or newer)`;
    return failed(badRequest(`unable to upgrade: ${text}`));
  }
  const served = isSpdy ? spdy : webSocket;
  const offered = client?.protocols ?? [];
  // Who names none speaks the one without a name.
  const protocol = (offered.length > 0 ? offered : [""]).find((each) => served.includes(each));
  if (protocol !== undefined) return ok({ protocol, isSpdy });
  const lists = `client supports [${offered.join(" ")}], server accepts [${served.filter((each) => each !== "").join(" ")}]`;
  const why = `unable to upgrade: unable to negotiate protocol: ${lists}`;
  return failed(forbiddenStatus({ group: "", resource: "" }, "", why));
}
