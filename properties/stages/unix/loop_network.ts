import type { SocketErrorCode } from "../../../actors/cri/messages.ts";
import type { KernelNetwork } from "../../../actors/cri/played/unix/kernel/network.ts";
import type { DatagramOwner } from "../../../actors/cri/sockets/datagrams.ts";
import type { Socket, SocketOwner } from "../../../actors/cri/sockets/open_socket.ts";
import { encodeReply, parseQuery } from "../../../actors/network/dns/wire.ts";
import type { Endpoint } from "../../../actors/network/endpoint.ts";
import { realTrust } from "../../../actors/signing/judge_device.ts";

const dnsIp = "10.96.0.10";

/** The test's end of a connection to a container. */
export interface Visitor {
  write(bytes: string): void;
  shut(): void;
  reset(): void;
  /** All that came so far. */
  got(): string;
  hasEnded(): boolean;
  wasReset(): boolean;
}

/** A container's network in a test: it leads back to the container itself, and to the test. */
export interface LoopNetwork extends KernelNetwork {
  /** Connects from outside; `undefined`: nobody listens there. */
  visit(port: number): Visitor | undefined;
  /** What becomes of connections to a host that is not the container. Default: refused. */
  readonly failures: Map<string, SocketErrorCode>;
  isListening(port: number): boolean;
  /** Sends a datagram from outside; gives what comes back, as it comes. */
  sendTo(port: number, data: string): readonly string[];
  /** Addresses by full name, as the server of the container's `/etc/resolv.conf` knows them. */
  readonly names: Map<string, string>;
  /** The ports at which other containers of the pod listen. */
  readonly others: Set<number>;
}

/** Makes such a network: what is said on one end is heard at the other in the next moment. */
export function loopNetwork(later: (delayMs: number, body: () => void) => void): LoopNetwork {
  const listeners = new Map<number, (socket: Socket, from: Endpoint) => SocketOwner>();
  const failures = new Map<string, SocketErrorCode>();
  const names = new Map<string, string>();
  const others = new Set<number>();
  const bound = new Map<number, DatagramOwner>();
  const open = new Set<() => void>();
  let ports = 40_000;

  /** An end that one side uses and the other hears. */
  function end(hear: () => SocketOwner): Socket {
    let isOver = false;
    const soon = (body: () => void) => later(0, body);
    const socket: Socket = {
      write(data, isLast) {
        if (isOver) return;
        soon(() => {
          hear().data(data, isLast);
          if (data !== "") soon(() => other.drained());
        });
      },
      taken() {},
      reset() {
        if (isOver) return;
        isOver = true;
        soon(() => hear().reset());
      },
      abandon() {
        socket.write("", true);
        isOver = true;
      },
    };
    const other = { drained: () => owners.get(socket)?.drained() };
    open.add(() => socket.abandon());
    return socket;
  }
  const owners = new Map<Socket, SocketOwner>();

  function link(port: number, client: SocketOwner): Socket | undefined {
    const accept = listeners.get(port);
    if (!accept) return undefined;
    const mine: Socket = end(() => theirs);
    const back: Socket = end(() => client);
    const theirs = accept(back, { ip: "10.244.1.9", port: ++ports });
    owners.set(mine, client);
    owners.set(back, theirs);
    return mine;
  }

  function answerName(data: string, reply: (bytes: string) => void): void {
    const parsed = parseQuery(Buffer.from(data, "latin1"));
    if (parsed.kind !== "query") return;
    const { name, type } = parsed.query.question;
    const found = names.get(name);
    const answers = found !== undefined && type === "A" ? [{ name, type: "A" as const, ttl: 30, data: found }] : [];
    const rcode = found === undefined ? "NXDOMAIN" : "NOERROR";
    const given = { rcode, authoritative: true, answers, authorities: [], additionals: [] } as const;
    reply(encodeReply(parsed.query, given, "udp").toString("latin1"));
  }

  return {
    ip: "10.244.1.5",
    ips: ["10.244.1.5"],
    trust: realTrust,
    ...{ failures, names, others },
    isListening: (port) => listeners.has(port) || others.has(port),
    listening: () => [
      ...[...listeners.keys(), ...others].map((port) => ({ protocol: "tcp", port }) as const),
      ...[...bound.keys()].map((port) => ({ protocol: "udp", port }) as const),
    ],
    listen(port, accept) {
      if (listeners.has(port)) return undefined;
      listeners.set(port, accept);
      return () => void listeners.delete(port);
    },
    connect({ ip, port }, owner) {
      const isHere = ["127.0.0.1", "10.244.1.5"].includes(ip);
      let socket: Socket | undefined;
      const early: (() => void)[] = [];
      later(1, () => {
        const failure = failures.get(ip);
        socket = isHere ? link(port, owner) : undefined;
        if (!socket) {
          const code = failure ?? "ECONNREFUSED";
          // Who drops packets says nothing.
          if (code !== "ETIMEDOUT") owner.failed?.(code, "");
          return;
        }
        owner.connected?.({ ip, port });
        for (const each of early) each();
      });
      const act = (body: (socket: Socket) => void) => {
        if (socket) body(socket);
        else early.push(() => socket && body(socket));
      };
      return {
        write: (data, isLast) => act((each) => each.write(data, isLast)),
        taken() {},
        reset: () => act((each) => each.reset()),
        abandon: () => act((each) => each.abandon()),
      };
    },
    bind(wanted, owner) {
      const port = wanted ?? ++ports;
      if (bound.has(port)) return undefined;
      bound.set(port, owner);
      const send = (data: string, to: Endpoint) => {
        later(0, () => {
          const from = { ip: to.ip === "127.0.0.1" ? to.ip : "10.244.1.5", port };
          const taker = to.ip === dnsIp ? undefined : bound.get(to.port);
          if (taker) taker.received(data, from);
          else if (to.ip === dnsIp) answerName(data, (reply) => owner.received(reply, to));
          else owner.refused(to);
        });
        return true;
      };
      return { port, send, close: () => void bound.delete(port) };
    },
    sendTo(port, data) {
      const got: string[] = [];
      const from = { ip: "10.244.1.9", port: ++ports };
      bound.set(from.port, { received: (reply) => void got.push(reply), refused: () => void got.push("refused") });
      const taker = bound.get(port);
      if (taker) taker.received(data, from);
      return got;
    },
    close() {
      listeners.clear();
      for (const each of open) each();
    },
    visit(port) {
      const seen = { text: "", hasEnded: false, wasReset: false };
      const socket = link(port, {
        data(data, isLast) {
          seen.text += data;
          seen.hasEnded ||= isLast;
        },
        drained() {},
        reset() {
          seen.wasReset = true;
        },
      });
      return (
        socket && {
          write: (bytes) => socket.write(bytes, false),
          shut: () => socket.write("", true),
          reset: () => socket.reset(),
          got: () => seen.text,
          hasEnded: () => seen.hasEnded,
          wasReset: () => seen.wasReset,
        }
      );
    },
  };
}
