import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { ok } from "../../kit/result.ts";
import type { DatagramRequest } from "../../network/datagram.ts";
import { failedCall } from "../cri_answers.ts";
import type { SandboxStatus, SocketAnswer, SocketRequest } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { Socket } from "../sockets/open_socket.ts";
import type { Sockets } from "../sockets/sockets.ts";
import { dialAddress, dialLoopback, type PortLink, type PortListener } from "./port_link.ts";

/** What leads from the cluster's network into the machine's, where real sandboxes are. */
export interface RealNetwork {
  accept(to: RealTarget, request: Accept, done: (answer: SocketAnswer) => void): void;
  datagram(to: SandboxStatus, request: DatagramRequest): SocketAnswer;
  /** A sandbox is gone, and all that led into it. */
  forget(sandbox: string): void;
  close(): void;
}

/** A sandbox, and how its own loopback is reached. */
export interface RealTarget {
  readonly sandbox: SandboxStatus;
  /** A URL of the runtime's streaming server, that leads to a port there. */
  readonly portForward: (port: number) => Promise<string>;
}

type Accept = Extract<SocketRequest, { op: "SocketAccept" }>;

/** A peer that is not heard of for so long is forgotten, as by a kernel's table of connections. */
const datagramIdleMs = 30_000;
const datagramPeersMax = 1_000;

/** Nothing is open yet. */
export function realNetwork(node: RuntimeNode, sockets: Sockets): RealNetwork {
  const links = new Map<PortLink, string>();
  const peers = new Map<string, { readonly socket: UdpSocket; readonly sandbox: string; heardAtMs: number }>();

  function accept({ sandbox: status, portForward }: RealTarget, request: Accept, done: (answer: SocketAnswer) => void) {
    const { sandbox } = status;
    const { socket: number, port, from } = request;
    let socket: Socket | undefined;
    let link: PortLink | undefined;
    const listener: PortListener = {
      data(bytes) {
        link?.pause();
        node.enter(() => socket?.write(bytes.toString("latin1"), false));
      },
      end: () => node.enter(() => socket?.write("", true)),
      broken() {
        if (link) links.delete(link);
        node.enter(() => socket?.reset());
      },
    };
    // The loopback of the machine is not a sandbox's own.
    const isLoopback = from.ip.startsWith("127.") && !status.pod.hostNetwork;
    const connecting = isLoopback
      ? portForward(port).then((url) => dialLoopback(url, port, listener))
      : dialAddress({ ip: status.ip, port }, listener);
    connecting.then(
      (made) => {
        link = made;
        links.set(made, sandbox);
        const gone = () => {
          links.delete(made);
          made.destroy();
        };
        socket = sockets.adopt(number, {
          data(bytes, end) {
            const own = socket;
            if (bytes !== "")
              made.write(Buffer.from(bytes, "latin1"), () => node.enter(() => own?.taken(bytes.length)));
            if (end) made.end();
          },
          drained: made.resume,
          reset: gone,
          over: gone,
        });
        done(ok({}));
      },
      () => done(failedCall("UNAVAILABLE", "connection refused")),
    );
  }

  function peerOf(to: SandboxStatus, { port, from }: DatagramRequest) {
    const key = `${to.sandbox} ${port} ${from.ip}:${from.port}`;
    const known = peers.get(key);
    if (known) return known;
    if (peers.size >= datagramPeersMax) return undefined;
    const socket = createSocket("udp4");
    const peer = { socket, sandbox: to.sandbox, heardAtMs: node.nowMs() };
    const drop = () => {
      if (peers.get(key) !== peer) return;
      peers.delete(key);
      socket.close();
    };
    const watch = (): void =>
      node.later(datagramIdleMs, () => {
        if (peers.get(key) !== peer) return;
        if (node.nowMs() - peer.heardAtMs >= datagramIdleMs) drop();
        else watch();
      });
    socket.on("error", drop);
    socket.on("message", (bytes) => {
      peer.heardAtMs = node.nowMs();
      node.push({ type: "socket.datagram", sandbox: to.sandbox, port, to: from, data: bytes.toString("latin1") });
    });
    peers.set(key, peer);
    watch();
    return peer;
  }

  const close = (isMeant: (sandbox: string) => boolean) => {
    for (const [link, sandbox] of links) {
      if (!isMeant(sandbox)) continue;
      links.delete(link);
      link.destroy();
    }
    for (const [key, peer] of peers) {
      if (!isMeant(peer.sandbox)) continue;
      peers.delete(key);
      peer.socket.close();
    }
  };

  return {
    accept,
    datagram(to, request) {
      // That nobody takes what a pod sent is not passed on: it is not known whose word it would be.
      if (request.isRefusal) return ok({});
      const peer = peerOf(to, request);
      if (!peer) return failedCall("UNAVAILABLE", "port unreachable");
      peer.heardAtMs = node.nowMs();
      peer.socket.send(Buffer.from(request.data, "latin1"), request.port, to.ip);
      return ok({});
    },
    forget: (sandbox) => close((each) => each === sandbox),
    close: () => close(() => true),
  };
}
