import type { Device, DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import { createExchanges, type Exchanges } from "./exchanges.ts";
import type { DnsQuestion, DnsReply, DnsSocketAnswer, DnsSocketRequest } from "./messages.ts";
import { socketNeeds } from "./socket_rules.ts";
import { createStream, type DnsStream } from "./stream.ts";

/** A client's TCP connection to a simulated server. */
export interface ModelStream {
  /** Sends bytes: less than a message, or several. */
  write(bytes: Buffer): void;
  /** All that has come back so far. */
  received(): Buffer;
  isOpen(): boolean;
}

/** The `dns_socket` device of a simulated cluster, as its tests hold it. */
export interface DnsSocketModel extends DeviceDefinition {
  /** Sends a datagram; what comes back is handed over later, or never, as with real ones. */
  datagram(port: number, bytes: Buffer, answered: (bytes: Buffer) => void): void;
  /** Opens a connection; undefined when nobody listens there. */
  connect(port: number): ModelStream | undefined;
}

/** How the virtual sockets behave. */
export interface DnsSocketModelOptions {
  /** How long a packet is under way. Default 0.2. */
  readonly latencyMs?: number;
  /** What other servers answer; undefined for no answer in time. Default: nothing is answered. */
  readonly upstream?: (question: DnsQuestion) => DnsReply | undefined;
}

interface Listener {
  readonly context: DeviceContext;
  readonly exchanges: Exchanges;
}

/** Makes virtual sockets, over the same reading and writing of packets as the real ones. */
export function dnsSocketModel({ latencyMs = 0.2, upstream }: DnsSocketModelOptions = {}): DnsSocketModel {
  const listeners = new Map<number, Listener>();

  function open(context: DeviceContext): Device {
    const exchanges = createExchanges((packet) => context.push(packet));
    const own = new Set<number>();

    function listen(port: number): DnsSocketAnswer {
      if (listeners.has(port)) return { ok: false, code: "EADDRINUSE", message: `bind EADDRINUSE port ${port}` };
      own.add(port);
      listeners.set(port, { context, exchanges });
      return { ok: true, port };
    }

    return {
      request(any, done) {
        const request = any as DnsSocketRequest;
        if (request.op === "listen") done(listen(request.port));
        else if (request.op === "respond") done({ ok: exchanges.respond(request.exchange, request.reply) });
        else {
          const reply = upstream?.(request.question);
          const late = { ok: false, code: "ETIMEOUT", message: "Cannot get an answer: it took too long" };
          context.after(reply ? latencyMs * 2 : request.timeoutMs, () => done(reply ? { ok: true, reply } : late));
        }
      },
      close() {
        for (const port of own) listeners.delete(port);
        exchanges.clear();
      },
    };
  }

  return {
    name: "dns_socket",
    needs: socketNeeds,
    open,
    datagram(port, bytes, answered) {
      const listener = listeners.get(port);
      if (!listener) return;
      const { context, exchanges } = listener;
      const send = (reply: Buffer) => context.after(latencyMs, () => answered(reply));
      context.after(latencyMs, () => exchanges.take(bytes, { transport: "udp", send }));
    },
    connect(port) {
      const listener = listeners.get(port);
      return listener && openStream(listener, latencyMs);
    },
  };
}

function openStream({ context, exchanges }: Listener, latencyMs: number): ModelStream {
  let received: Buffer = Buffer.alloc(0);
  let [isOpen, isPaused] = [true, false];
  let waiting: Buffer[] = [];
  const flush = () => {
    const chunks = waiting;
    waiting = [];
    for (const chunk of chunks) take(chunk);
  };
  const stream: DnsStream = createStream(exchanges, {
    write: (bytes) =>
      context.after(latencyMs, () => {
        received = Buffer.concat([received, bytes]);
      }),
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      context.after(0, flush);
    },
    close: () => {
      isOpen = false;
    },
  });
  const take = (chunk: Buffer) => {
    if (isPaused) waiting.push(chunk);
    else if (isOpen) stream.data(chunk);
  };
  return {
    write: (bytes) => context.after(latencyMs, () => take(bytes)),
    received: () => received,
    isOpen: () => isOpen,
  };
}
