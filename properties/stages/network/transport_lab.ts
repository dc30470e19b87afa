import type { End, EndHandlers, Moment } from "../../../actors/network/connection.ts";
import type { Packet } from "../../../actors/network/packet.ts";
import { createTransport } from "../../../actors/network/transport.ts";
import { type Random, randomFrom } from "../../../runtime/mod.ts";

/** Where the client is. */
export const client = { ip: "10.0.0.1", port: 40_000 };
/** Where the server is. */
export const server = { ip: "10.0.0.2", port: 80 };
/** Small, so that it fills. */
export const windowBytes = 1_000;

/** How badly a link treats packets: probabilities, and how long one may take. */
export interface Weather {
  readonly loss: number;
  readonly copies: number;
  readonly delayMsMax: number;
}

/** One side as its owner sees it. */
export interface Side {
  end: End | undefined;
  received: string;
  untaken: number;
  taken: number;
  readonly news: string[];
}

/** What a lab is made with. */
export interface LabOptions {
  /** Default 1. */
  readonly seed?: number;
  /** How many connections the server takes. Default: all. */
  readonly accepts?: number;
}

/** Two hosts with a link between them, in a time of their own. */
export function createTransportLab({ seed = 1, accepts = Number.POSITIVE_INFINITY }: LabOptions = {}) {
  const random: Random = randomFrom(seed);
  const moment = { uptimeMs: 0, int: random.int } satisfies Moment as { uptimeMs: number; int: Random["int"] };
  const air: { atMs: number; order: number; packet: Packet }[] = [];
  const lab = { weather: { loss: 0, copies: 0, delayMsMax: 1 } as Weather, isCut: false, sent: 0, takes: true };
  const packets: Packet[] = [];
  let offers = 0;

  function send(packet: Packet) {
    lab.sent++;
    packets.push(packet);
    const { loss, copies, delayMsMax } = lab.weather;
    if (lab.isCut || random.float() < loss) return;
    for (let copy = 0; copy <= (random.float() < copies ? 1 : 0); copy++) {
      air.push({ atMs: moment.uptimeMs + 1 + random.int(delayMsMax), order: lab.sent, packet });
    }
  }

  function sideOf(): Side {
    return { end: undefined, received: "", untaken: 0, taken: 0, news: [] };
  }
  const sides = { client: sideOf(), server: sideOf() };

  function handlersOf(side: Side, transport: () => typeof transports.client): EndHandlers<Moment> {
    return {
      opened: () => void side.news.push("opened"),
      failed: (_end, why) => void side.news.push(`failed: ${why}`),
      received(end, { data, isLast }, at) {
        side.received += data;
        side.untaken += data.length;
        if (isLast) side.news.push("last");
        if (lab.takes) takeAll(side, transport(), end, at);
      },
      taken(_end, bytes) {
        side.taken += bytes;
      },
      broken: (_end, why) => void side.news.push(`broken: ${why}`),
    };
  }

  function takeAll(side: Side, transport: typeof transports.client, end: End, at: Moment) {
    transport.take(end, side.untaken, at);
    side.untaken = 0;
  }

  const transports = {
    client: createTransport<Moment>({ send, offered: (end, at) => transports.client.refuse(end, at), windowBytes }),
    server: createTransport<Moment>({
      send,
      offered(end, at) {
        if (offers++ >= accepts) return transports.server.refuse(end, at);
        sides.server.end = end;
        transports.server.accept(
          end,
          handlersOf(sides.server, () => transports.server),
          at,
        );
      },
      windowBytes,
    }),
  };

  /** Lets time pass until nothing is on its way and nobody waits, or that time has come. */
  function run(untilMs = Number.POSITIVE_INFINITY) {
    for (;;) {
      air.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const wakes = [transports.client.nextWakeMs(), transports.server.nextWakeMs()].filter((ms) => ms !== undefined);
      const nextMs = Math.min(air[0]?.atMs ?? Number.POSITIVE_INFINITY, ...wakes);
      if (nextMs > untilMs || nextMs === Number.POSITIVE_INFINITY) break;
      moment.uptimeMs = Math.max(moment.uptimeMs, nextMs);
      const first = air[0];
      if (first && first.atMs <= nextMs) {
        air.shift();
        transports[first.packet.target.ip === client.ip ? "client" : "server"].receive(first.packet, moment);
      }
      for (const transport of [transports.client, transports.server]) transport.wake(moment);
    }
    if (untilMs !== Number.POSITIVE_INFINITY) moment.uptimeMs = Math.max(moment.uptimeMs, untilMs);
  }

  return {
    ...sides,
    lab,
    transports,
    packets,
    moment,
    run,
    open() {
      const handlers = handlersOf(sides.client, () => transports.client);
      sides.client.end = transports.client.open({ local: client, remote: server }, handlers, moment);
    },
    write(side: "client" | "server", data: string, isLast = false) {
      const { end } = sides[side];
      if (end) transports[side].write(end, { data, isLast }, moment);
    },
    take(side: "client" | "server") {
      const { end } = sides[side];
      if (end) takeAll(sides[side], transports[side], end, moment);
    },
    /** The host loses its memory. */
    reboot(side: "client" | "server") {
      const offered = (end: End, at: Moment) => transports[side].refuse(end, at);
      transports[side] = createTransport<Moment>({ send, offered, windowBytes });
    },
  };
}
