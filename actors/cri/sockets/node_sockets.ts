import type { Datagrams } from "./datagrams.ts";
import type { Sockets } from "./sockets.ts";

/** All sockets of a node's processes. */
export interface NodeSockets {
  readonly sockets: Sockets;
  readonly datagrams: Datagrams;
}
