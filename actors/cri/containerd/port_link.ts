import { createConnection, type Socket } from "node:net";
import { connectSpdy } from "./spdy.ts";

/** A connection into a real sandbox. */
export interface PortLink {
  /** `sent` is called when the bytes are on their way. */
  write(bytes: Buffer, sent: () => void): void;
  end(): void;
  /** Nothing more comes until `resume`. */
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** Who hears what comes over such a connection; nothing before it stands. */
export interface PortListener {
  data(bytes: Buffer): void;
  end(): void;
  broken(): void;
}

const connectMsMax = 10_000;

/** Connects to an address of a sandbox over the network that the machine has with it. */
export function dialAddress(
  to: { readonly ip: string; readonly port: number },
  listener: PortListener,
): Promise<PortLink> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: to.ip, port: to.port, allowHalfOpen: true, noDelay: true });
    const giveUp = () => socket.destroy(new Error("connect: connection timed out"));
    socket.setTimeout(connectMsMax, giveUp);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(portLink(socket, listener));
    });
  });
}

/** A connection that stands. */
export function portLink(socket: Socket, listener: PortListener): PortLink {
  socket.on("error", () => listener.broken());
  socket.on("data", listener.data);
  socket.on("end", listener.end);
  return {
    write: (bytes, sent) => void socket.write(bytes, () => sent()),
    end: () => void socket.end(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  };
}

/** Connects to a port on the loopback of a sandbox, by the runtime's port-forward at a URL. */
export async function dialLoopback(url: string, port: number, listener: PortListener): Promise<PortLink> {
  let isOver = false;
  const connection = await connectSpdy({
    url,
    protocols: ["portforward.k8s.io"],
    closed: () => {
      if (!isOver) listener.broken();
    },
  });
  const about = { port: String(port), requestID: "0" };
  const refused = {
    data: () => {
      isOver = true;
      connection.close();
      listener.broken();
    },
    end() {},
  };
  connection.open({ streamType: "error", ...about }, refused).end();
  const link = connection.open({ streamType: "data", ...about }, listener);
  return {
    write: link.write,
    end: link.end,
    pause: connection.pause,
    resume: connection.resume,
    destroy() {
      isOver = true;
      connection.close();
    },
  };
}
