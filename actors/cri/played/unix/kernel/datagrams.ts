import type { Endpoint } from "../../../../network/endpoint.ts";
import { keepFile } from "./connection.ts";
import type { OpenFile } from "./open_file.ts";
import type { Process, Running, WaitList } from "./process.ts";

/** A datagram that has come. */
export interface Received {
  readonly data: string;
  readonly from: Endpoint;
}

/** A process's socket for datagrams. */
export interface DatagramFile extends OpenFile {
  readonly port: number;
  /** The next one that has come; `undefined` when there is none, and `readable` will tell. */
  next(): Received | undefined;
  /** Sends one to an IP; one that is too long is not sent. */
  send(data: string, to: Endpoint): boolean;
  /** Nobody takes what was sent: whether that was heard since it was last asked. */
  wasRefused(): boolean;
}

/** More than these wait: further ones are lost. */
const waitingMax = 1_000;

/** Opens a socket for datagrams; `undefined` when its port is another's. The process lets go of it when it ends. */
export function openDatagrams(self: Process, port?: number): DatagramFile | undefined {
  const { kernel } = self;
  const readable: WaitList = new Set();
  const waiting: Received[] = [];
  let isRefused = false;
  const tell = () => {
    kernel.wake(readable);
    kernel.run();
  };
  const socket = kernel.host.network.bind(port, {
    received(data, from) {
      if (waiting.length >= waitingMax) return;
      waiting.push({ data, from });
      tell();
    },
    refused() {
      isRefused = true;
      tell();
    },
  });
  if (!socket) return undefined;
  const file: DatagramFile = {
    ...{ holders: 0, canRead: false, canWrite: false, readable, port: socket.port, send: socket.send },
    socket: { protocol: "udp", port: socket.port },
    read: () => "",
    write: () => ({ error: "EBADF" }),
    next: () => waiting.shift(),
    wasRefused() {
      const was = isRefused;
      isRefused = false;
      return was;
    },
    closed: socket.close,
  };
  keepFile(self, file);
  return file;
}

/** Waits for a datagram, or for the word that nobody takes them; `late` when the time has come before. */
export function* receive(
  { kernel }: Process,
  file: DatagramFile,
  untilMs = Number.POSITIVE_INFINITY,
): Running<Received | "refused" | "late"> {
  for (;;) {
    const found = file.next();
    if (found) return found;
    if (file.wasRefused()) return "refused";
    if (kernel.host.uptimeMs() >= untilMs) return "late";
    yield { on: file.readable ? [file.readable] : [], ...(Number.isFinite(untilMs) ? { untilMs } : {}) };
  }
}
