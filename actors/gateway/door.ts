import type { TcpMessage } from "../../runtime/mod.ts";

/** A client that has come, and where it has come to. */
export type Arrival = Pick<Extract<TcpMessage, { readonly type: "tcp.opened" }>, "host" | "port" | "from">;

/** How a client's connection goes on: to one of these nodes. */
export interface Door {
  /** The IPs of nodes, in the order in which to try them. */
  readonly nodes: readonly string[];
  /** The address that nodes know; default: the node's own. */
  readonly ip?: string;
  readonly port: number;
}
