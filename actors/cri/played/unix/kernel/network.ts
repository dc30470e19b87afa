import type { Endpoint } from "../../../../network/endpoint.ts";
import type { Trust } from "../../../../network/tls/fault.ts";
import type { DatagramOwner, DatagramSocket } from "../../../sockets/datagrams.ts";
import type { Socket, SocketOwner } from "../../../sockets/open_socket.ts";

/** A port that is somebody's. */
export interface Listening {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** The network that a container's processes have: that of their pod. */
export interface KernelNetwork {
  /** The address of the pod, or of the node in whose network it is. */
  readonly ip: string;
  /** All addresses of the pod, that one first; none where it is in the node's network. */
  readonly ips: readonly string[];
  /** By which certificates are judged. */
  readonly trust: Trust;
  /** Takes what comes for a port; gives what ends it, `undefined` when another listens there. */
  listen(port: number, accept: (socket: Socket, from: Endpoint) => SocketOwner): (() => void) | undefined;
  /** Connects to an IP; the owner is told how that went. */
  connect(to: Endpoint, owner: SocketOwner): Socket;
  /** Takes a port for datagrams, a free one without `port`; `undefined`: it is another's. */
  bind(port: number | undefined, owner: DatagramOwner): DatagramSocket | undefined;
  /** At which ports of the pod somebody listens or awaits datagrams, in whatever container. */
  listening(): readonly Listening[];
  /** The container ends: so does all that it has open. */
  close(): void;
}

/** The network of a container that has none: nobody comes, and nobody is reached. */
export const noNetwork: KernelNetwork = {
  ip: "127.0.0.1",
  ips: [],
  trust: {
    ...{ judge: () => undefined, keyProblem: () => undefined, sha256: () => "", hasSigned: () => false },
    issue: () => ({ authority: "", certificate: "", key: "" }),
    certify: () => undefined,
  },
  listen: () => () => {},
  connect(_to, owner) {
    owner.failed?.("EHOSTUNREACH", "");
    return { write() {}, taken() {}, reset() {}, abandon() {} };
  },
  bind: (port = 40_000) => ({ port, send: () => true, close() {} }),
  listening: () => [],
  close() {},
};
