import type { Trust } from "../../network/tls/fault.ts";
import type { Datagrams } from "./datagrams.ts";
import type { Sockets } from "./sockets.ts";

/** All sockets of a node's processes. */
export interface NodeSockets {
  readonly sockets: Sockets;
  readonly datagrams: Datagrams;
  /** By which their certificates are judged. */
  readonly trust: Trust;
}
