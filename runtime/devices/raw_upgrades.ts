import type { Duplex } from "node:stream";
import { createLoopTurns } from "./loop_turns.ts";
import type { NetAnswer, NetMessage, SentHeaders } from "./messages.ts";
import { socketUnderWayMax } from "./net_rules.ts";
import { createSharedBudget } from "./shared_budget.ts";
import type { Offer, SocketRequest } from "./web_sockets.ts";

/** Connections that go on with SPDY, or with what somebody else speaks: their bytes are for whoever accepts them to read. */
export interface RawUpgrades {
  offer(exchange: number, offer: Offer): void;
  /** The client that offered is gone, or was answered. */
  forget(exchange: number): void;
  /** Whether an exchange is such a connection. */
  has(exchange: number): boolean;
  serve(request: SocketRequest): NetAnswer;
  size(): number;
  /** Ends them all, at once. */
  close(): void;
}

interface Open {
  readonly socket: Duplex;
  /** What was read and waits for its turn. */
  held: Buffer[];
  heldBytes: number;
  /** Bytes that were handed over and are not dealt with. */
  underWayBytes: number;
  /** Who writes is to be told when all has left. */
  isAwaited: boolean;
  /** The client writes no more; what it wrote is handed over before that is told. */
  isEnded: boolean;
}

/** What connections are upgraded to that are accepted and not switched, in lower case as requests ask for it. */
export const rawUpgrade = "spdy/3.1";

/** What all clients together may have sent that is not dealt with. */
const heldBytesMax = 64 * 1024 * 1024;
/** Past this, who writes is told when all has been taken: a socket's own high-water mark. */
const awaitedBytesMin = 16 * 1024;
/** What would break out of a header's line. */
const unfit = /[\r\n\0]/g;
/** Who was told that all is over has so long to leave. */
const farewellMs = 10_000;

/** Makes this side of a device; `push` tells its actor what comes. */
export function createRawUpgrades(push: (message: NetMessage) => void): RawUpgrades {
  const offers = new Map<number, Offer>();
  const open = new Map<number, Open>();
  /** Those that were told that all is over. */
  const closing = new Set<Duplex>();
  const budget = createSharedBudget<Open>(heldBytesMax, ({ socket }) => socket.destroy());
  const ready = createLoopTurns(handOver);

  function begin(exchange: number, op: string, headers: SentHeaders): NetAnswer {
    const offer = offers.get(exchange);
    if (!offer) return gone(exchange, op);
    offers.delete(exchange);
    const own = takeOver(offer, headers);
    open.set(exchange, own);
    listenTo(own, {
      data() {
        if (open.get(exchange) !== own) return;
        budget.hold(own, own.heldBytes + own.underWayBytes);
        queue(exchange, own);
      },
      gone() {
        closing.delete(own.socket);
        budget.release(own);
        if (open.delete(exchange)) push({ type: "net.closed", exchange });
      },
    });
    if (offer.head.length > 0) own.socket.unshift(offer.head);
    return { ok: true, bufferedBytes: 0 };
  }

  /** Gives a client a turn when it has something to hand over and there is room; who sends more has to wait. */
  function queue(exchange: number, own: Open) {
    const { socket, heldBytes, underWayBytes } = own;
    if (heldBytes > 0 && underWayBytes < socketUnderWayMax) ready.queue(exchange);
    if (Math.max(underWayBytes, heldBytes) >= socketUnderWayMax) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }

  function handOver(exchange: number) {
    const own = open.get(exchange);
    if (!own || own.heldBytes === 0) return;
    push({ type: "net.frame", exchange, data: takeHeld(own) });
    if (own.isEnded) own.socket.destroy();
    else queue(exchange, own);
  }

  function serve(request: SocketRequest): NetAnswer {
    const { exchange, op } = request;
    if (op === "accept") return begin(exchange, op, spdyHeaders(request.subprotocol));
    if (op === "switch") return begin(exchange, op, request.headers);
    const own = open.get(exchange);
    if (!own) return gone(exchange, op);
    if (op === "send") {
      send(own, request.data, () => open.get(exchange) === own && push({ type: "net.drained", exchange }));
    } else if (op === "taken") {
      own.underWayBytes -= request.bytes;
      budget.hold(own, own.heldBytes + own.underWayBytes);
      queue(exchange, own);
    } else {
      open.delete(exchange);
      takeHeld(own);
      dismiss(own.socket, closing);
    }
    return { ok: true, bufferedBytes: own.socket.writableLength };
  }

  return {
    offer: (exchange, offer) => void offers.set(exchange, offer),
    forget: (exchange) => void offers.delete(exchange),
    has: (exchange) => open.has(exchange),
    serve,
    size: () => open.size,
    close() {
      ready.close();
      const others = [...offers.values(), ...open.values()].map(({ socket }) => socket);
      for (const socket of [...closing, ...others]) socket.destroy();
      for (const each of [offers, open]) each.clear();
    },
  };
}

function gone(exchange: number, op: string): NetAnswer {
  return { ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` };
}

/** Has the connection of an offer go on with another protocol. */
function takeOver({ socket, response }: Offer, headers: SentHeaders): Open {
  response.detachSocket(socket as Parameters<typeof response.detachSocket>[0]);
  const lines = headers.map(([name, value]) => `${name}: ${value.replace(unfit, "")}`);
  socket.write(`${["HTTP/1.1 101 Switching Protocols", ...lines].join("\r\n")}\r\n\r\n`, "latin1");
  return { socket, held: [], heldBytes: 0, underWayBytes: 0, isAwaited: false, isEnded: false };
}

function spdyHeaders(protocol: string): SentHeaders {
  const version = protocol === "" ? [] : ([["X-Stream-Protocol-Version", protocol]] as const);
  return [["Connection", "Upgrade"], ["Upgrade", "SPDY/3.1"], ...version];
}

function listenTo(own: Open, { data, gone }: { data(): void; gone(): void }) {
  const { socket } = own;
  // What was read and waits is handed over first.
  socket.on("end", () => {
    own.isEnded = true;
    if (own.heldBytes === 0) socket.destroy();
  });
  socket.on("data", (chunk: Buffer) => {
    own.held.push(chunk);
    own.heldBytes += chunk.length;
    data();
  });
  socket.on("close", gone);
  // Whoever had it before may have stopped reading.
  socket.resume();
}

/** All that was read and waited. */
function takeHeld(own: Open): string {
  const data = Buffer.concat(own.held);
  own.held = [];
  own.heldBytes = 0;
  own.underWayBytes += data.length;
  return data.toString("latin1");
}

/** Whether all has left, and somebody waits for that. */
function isDrained(own: Open): boolean {
  if (!own.isAwaited || own.socket.writableLength > 0) return false;
  own.isAwaited = false;
  return true;
}

function send(own: Open, data: string, drained: () => void) {
  const { socket } = own;
  socket.write(Buffer.from(data, "latin1"), () => {
    if (isDrained(own)) drained();
  });
  own.isAwaited ||= socket.writableLength >= awaitedBytesMin;
}

/** All was said: what it still says is for nobody. */
function dismiss(socket: Duplex, closing: Set<Duplex>) {
  closing.add(socket);
  socket.removeAllListeners("data");
  socket.end();
  socket.resume();
  const patience = setTimeout(() => socket.destroy(), farewellMs).unref();
  socket.once("close", () => clearTimeout(patience));
}
