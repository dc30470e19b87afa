import { ipsOf } from "../messages.ts";
import type { Container } from "../runtime_node.ts";
import type { NodeSockets } from "../sockets/node_sockets.ts";
import type { Socket, SocketOwner } from "../sockets/open_socket.ts";
import type { KernelNetwork } from "./unix/kernel/network.ts";

/** The sandbox whose network a container has; `undefined` for the node's own. */
export function sandboxOf({ sandbox }: Container): string | undefined {
  return sandbox.status.pod.hostNetwork ? undefined : sandbox.status.sandbox;
}

/** The network of a played container: the sockets of its node, as far as they are its own. */
export function containerNetwork({ sockets, datagrams, trust }: NodeSockets, container: Container): KernelNetwork {
  const sandbox = sandboxOf(container);
  const place = sandbox === undefined ? {} : { sandbox };
  const open = new Set<Socket>();
  const stops = new Set<() => void>();

  function watched(owner: SocketOwner, socket: () => Socket | undefined): SocketOwner {
    const forget = () => {
      const which = socket();
      if (which) open.delete(which);
    };
    return {
      ...owner,
      reset() {
        forget();
        owner.reset();
      },
      over() {
        forget();
        owner.over?.();
      },
      failed(code, message) {
        forget();
        owner.failed?.(code, message);
      },
    };
  }

  return {
    ip: container.sandbox.status.ip,
    ips: ipsOf(container.sandbox.status),
    trust,
    listen(port, accept) {
      const stop = sockets.listen(sandbox, port, (socket, from) => {
        open.add(socket);
        return watched(accept(socket, from), () => socket);
      });
      if (!stop) return undefined;
      const end = () => {
        stops.delete(end);
        stop();
      };
      stops.add(end);
      return end;
    },
    connect({ ip, port }, owner) {
      let socket: Socket | undefined;
      socket = sockets.connect(
        { ...place, host: ip, port },
        watched(owner, () => socket),
      );
      open.add(socket);
      return socket;
    },
    bind(port, owner) {
      const socket = datagrams.bind({ ...place, ...(port === undefined ? {} : { port }) }, owner);
      if (!socket) return undefined;
      const close = () => {
        stops.delete(close);
        socket.close();
      };
      stops.add(close);
      return { ...socket, close };
    },
    listening: () => [
      ...sockets.listening(sandbox).map((port) => ({ protocol: "tcp", port }) as const),
      ...datagrams.bound(sandbox).map((port) => ({ protocol: "udp", port }) as const),
    ],
    close() {
      for (const stop of stops) stop();
      for (const socket of open) socket.abandon();
      open.clear();
    },
  };
}
