import { randomInt } from "node:crypto";
import type { Socket as UdpSocket } from "node:dgram";
import { createRequire } from "node:module";
import type { Server, Socket } from "node:net";
import type { Device, DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import { framed, unframe } from "../network/dns/framing.ts";
import { decodeReply, encodeQuery, type UpstreamReply } from "../network/dns/wire.ts";
import { createExchanges } from "./exchanges.ts";
import type { DnsQuestion, DnsSocketAnswer, DnsSocketRequest, DnsUpstream } from "./messages.ts";
import { socketNeeds } from "./socket_rules.ts";
import { createStream } from "./stream.ts";

type Listen = DnsSocketRequest & { readonly op: "listen" };
type Forward = DnsSocketRequest & { readonly op: "forward" };

/** More connections than these are closed at the door. */
const connectionsMax = 256;
/** A connection without a byte for so long is closed, as CoreDNS does. */
const idleMs = 10_000;
/** A client that does not read its answers is not read from either, past so much. */
const unsentBytesMax = 1_000_000;
const portTriesMax = 20;

/** Loaded on use: the workers of actors without sockets do without them. */
const load = createRequire(import.meta.url);
const dgram = () => load("node:dgram") as typeof import("node:dgram");
const net = () => load("node:net") as typeof import("node:net");

/** The `dns_socket` device: DNS over real UDP and TCP, as a server and as a client of other servers. */
export const dnsSocket: DeviceDefinition = { name: "dns_socket", needs: socketNeeds, open };

function open(context: DeviceContext): Device {
  const exchanges = createExchanges((packet) => context.push(packet));
  const closers = new Set<() => void>();
  let isOver = false;

  function serveUdp(socket: UdpSocket) {
    socket.on("message", (bytes, { port, address }) => {
      const send = (reply: Buffer) => socket.send(reply, port, address, () => {});
      exchanges.take(bytes, { transport: "udp", send });
    });
    closers.add(() => socket.close());
  }

  function serveTcp(server: Server) {
    const sockets = new Set<Socket>();
    server.maxConnections = connectionsMax;
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      socket.setTimeout(idleMs, () => socket.destroy());
      socket.setNoDelay(true);
      const stream = createStream(exchanges, {
        write(bytes) {
          if (socket.destroyed) return;
          socket.write(bytes);
          if (socket.writableLength > unsentBytesMax) socket.pause();
        },
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        close: () => void socket.destroy(),
      });
      socket.on("drain", () => socket.resume());
      socket.on("data", (chunk) => stream.data(chunk));
    });
    closers.add(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
  }

  async function listen({ host, port }: Listen): Promise<DnsSocketAnswer> {
    try {
      const { udp, tcp, port: found } = await bindBoth(host, port);
      if (isOver) {
        udp.close();
        tcp.close();
        return { ok: false, code: "ECANCELED", message: `Cannot listen at ${host}:${port}: the actor is gone` };
      }
      serveUdp(udp);
      serveTcp(tcp);
      return { ok: true, port: found };
    } catch (error) {
      return failure(error);
    }
  }

  return {
    request(any, done) {
      const request = any as DnsSocketRequest;
      if (request.op === "listen") void listen(request).then(done);
      else if (request.op === "forward") void forward(request).then(done, (error) => done(failure(error)));
      else if (exchanges.respond(request.exchange, request.reply)) done({ ok: true } satisfies DnsSocketAnswer);
      else done(gone(request.exchange));
    },
    close() {
      isOver = true;
      for (const closer of closers) closer();
      closers.clear();
      exchanges.clear();
    },
  };
}

function gone(exchange: number): DnsSocketAnswer {
  return { ok: false, code: "ECONNRESET", message: `Cannot respond to exchange ${exchange}: it is over` };
}

/** The same port for both; where any will do, until one is free for both. */
async function bindBoth(host: string, port: number) {
  for (let tries = 1; ; tries++) {
    const tcp = net().createServer();
    const udp = dgram().createSocket({ type: host.includes(":") ? "udp6" : "udp4" });
    try {
      await new Promise<void>((resolve, reject) => {
        tcp.once("error", reject);
        tcp.listen({ host, port }, resolve);
      });
      const found = (tcp.address() as { readonly port: number }).port;
      await new Promise<void>((resolve, reject) => {
        udp.once("error", reject);
        udp.bind({ address: host, port: found, exclusive: true }, resolve);
      });
      udp.removeAllListeners("error");
      // A client that is gone before its answer arrives shows as an error here: nobody's business.
      udp.on("error", () => {});
      tcp.on("error", () => {});
      return { tcp, udp, port: found };
    } catch (error) {
      tcp.close();
      udp.close();
      if (port !== 0 || tries >= portTriesMax) throw error;
    }
  }
}

async function forward({ upstream, question, timeoutMs }: Forward): Promise<DnsSocketAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const first = await askUdp(upstream, question, signal);
  const { reply } = first.isCut ? await askTcp(upstream, question, signal) : first;
  return { ok: true, reply };
}

function askUdp({ host, port }: DnsUpstream, question: DnsQuestion, signal: AbortSignal): Promise<UpstreamReply> {
  const id = randomInt(65_536);
  const socket = dgram().createSocket(host.includes(":") ? "udp6" : "udp4");
  const answer = new Promise<UpstreamReply>((resolve, reject) => {
    socket.on("error", reject);
    signal.addEventListener("abort", () => reject(timedOut(host, port)), { once: true });
    socket.on("message", (bytes) => {
      const read = decodeReply(bytes, question);
      if (read?.id === id) resolve(read);
    });
    // Connected: packets from elsewhere are not seen, and a closed port is an error at once.
    socket.connect(port, host, () => socket.send(encodeQuery(id, question)));
  });
  return answer.finally(() => socket.close());
}

function askTcp({ host, port }: DnsUpstream, question: DnsQuestion, signal: AbortSignal): Promise<UpstreamReply> {
  const id = randomInt(65_536);
  const socket = net().connect({ host, port });
  const answer = new Promise<UpstreamReply>((resolve, reject) => {
    let buffered: Buffer = Buffer.alloc(0);
    socket.once("error", reject);
    socket.once("close", () =>
      reject(new Error(`Cannot read the answer of ${host}:${port}: it closed the connection`)),
    );
    signal.addEventListener("abort", () => reject(timedOut(host, port)), { once: true });
    socket.on("data", (chunk) => {
      const { messages, rest } = unframe(Buffer.concat([buffered, chunk]));
      buffered = rest;
      for (const message of messages) {
        const read = decodeReply(message, question);
        if (read?.id === id) resolve(read);
      }
    });
    socket.once("connect", () => socket.write(framed(encodeQuery(id, question))));
  });
  return answer.finally(() => socket.destroy());
}

function timedOut(host: string, port: number): Error {
  return Object.assign(new Error(`Cannot get an answer from ${host}:${port}: it took too long`), { code: "ETIMEOUT" });
}

function failure(error: unknown): DnsSocketAnswer {
  const { code, message } = error as NodeJS.ErrnoException;
  return { ok: false, code: code ?? "EIO", message };
}
