import type { Endpoint } from "../../../../network/endpoint.ts";
import type { Socket, SocketOwner } from "../../../sockets/open_socket.ts";

/** The network that a container's processes have: that of their pod. */
export interface KernelNetwork {
  /** The address of the pod, or of the node in whose network it is. */
  readonly ip: string;
  /** Takes what comes for a port; gives what ends it, `undefined` when another listens there. */
  listen(port: number, accept: (socket: Socket, from: Endpoint) => SocketOwner): (() => void) | undefined;
  /** Connects to a host, which is a name or an IP; the owner is told how that went. */
  connect(to: { readonly host: string; readonly port: number }, owner: SocketOwner): Socket;
  /** The container ends: so does all that it has open. */
  close(): void;
}

/** The network of a container that has none: nobody comes, and nobody is reached. */
export const noNetwork: KernelNetwork = {
  ip: "127.0.0.1",
  listen: () => () => {},
  connect(_to, owner) {
    owner.failed?.("EHOSTUNREACH", "");
    return { write() {}, taken() {}, reset() {}, abandon() {} };
  },
  close() {},
};
