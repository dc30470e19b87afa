import type { AskId, Step, TcpAnswer, TcpMessage, TcpRequest } from "../../runtime/mod.ts";
import { familyOf } from "../kit/ip_number.ts";
import type { End, EndHandlers, Transport } from "../network/connection.ts";
import type { Arrival, Door } from "./door.ts";

type Opened = Extract<TcpMessage, { readonly type: "tcp.opened" }>;

/** A connection from outside, and the one to a node that goes on from it. */
interface Carried {
  readonly connection: number;
  readonly arrival: Arrival;
  /** What the nodes of this round are asked for. */
  target: Pick<Door, "ip" | "port">;
  /** The nodes that are still to be tried in this round, the next one first. */
  nodes: readonly string[];
  /** From then on it is given up when no node of a round has taken it. */
  readonly patientUntilMs: number;
  end: End | undefined;
  /** Until then the node that is tried has time to answer; undefined once one has. */
  tryEndsAtMs: number | undefined;
  /** What the client has written before a node answered. */
  readonly fromClient: Piece;
  /** What the client is still to get: one write at a time, so that a slow device keeps them in order. */
  readonly toClient: Piece;
  isWriting: boolean;
}

interface Piece {
  data: string;
  isLast: boolean;
}

/** Carries connections from outside to nodes. */
export interface Carrier {
  /** A client has come. */
  opened(opened: Opened, step: Step): void;
  data(connection: number, piece: { readonly data: string; readonly isLast: boolean }, step: Step): void;
  /** The client is gone. */
  closed(connection: number, isBroken: boolean, step: Step): void;
  /** Takes an answer of the `tcp` device; false when it is about something else. */
  take(event: { readonly type: string }, step: Step): boolean;
  /** Passes over nodes that have not answered in time. */
  passOver(step: Step): void;
  /** Begins another round of tries for those whom no node has taken. */
  tryAgain(step: Step): void;
  /** Connections that are carried. */
  readonly size: number;
}

/** What a carrier needs. */
export interface CarrierOptions {
  /** The gateway's own IPs, one of each family. */
  readonly ips: readonly string[];
  readonly transport: Transport<Step>;
  readonly connectMs: number;
  readonly nodesTriedMax: number;
  readonly patienceMs: number;
  /** How a client's connection goes on; undefined when nobody wants it any more. */
  doorOf(arrival: Arrival): Door | undefined;
  /** From now on packets from this port to that address go by way of that node. */
  leadBy(node: string, end: { readonly local: End["local"]; readonly remote: End["remote"] }): void;
}

/** The name of the timer after which `passOver` is due. */
export const tryTimer = "tries";

/** The name of the timer after which `tryAgain` is due. */
export const againTimer = "again";

const pauseMs = 100;

/** From where clients get their ports, as Linux has it. */
const localPorts = { first: 32_768, count: 28_232 };

/** Makes a carrier that carries nothing yet. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { ips, transport, connectMs, nodesTriedMax, patienceMs } = options;
  const carried = new Map<number, Carried>();
  const writes = new Map<AskId, { readonly one: Carried; readonly bytes: number }>();
  const trying = new Set<Carried>();
  /** Whom no node of their last round has taken: rules come to nodes a little later than a Service gets endpoints. */
  const pausing = new Set<Carried>();
  /** A gateway that is started again begins elsewhere than the one before: nodes may remember that one's. */
  let portNext: number | undefined;

  function localFor(remote: End["remote"], step: Step): End["local"] {
    const ip = ips.find((each) => familyOf(each) === familyOf(remote.ip)) ?? "";
    let offset = portNext ?? step.int(localPorts.count);
    let local = { ip, port: localPorts.first + offset };
    for (let tries = 1; transport.find(local, remote) && tries < localPorts.count; tries++) {
      offset = (offset + 1) % localPorts.count;
      local = { ip, port: localPorts.first + offset };
    }
    portNext = (offset + 1) % localPorts.count;
    return local;
  }

  function tell(request: TcpRequest, step: Step): AskId {
    return step.device("tcp", request);
  }

  /** Both ends are given up; the client sees a reset. */
  function breakOff(one: Carried, step: Step) {
    if (!carried.delete(one.connection)) return;
    settled(one);
    if (one.end) transport.reset(one.end, step);
    tell({ op: "reset", connection: one.connection }, step);
  }

  function settled(one: Carried) {
    one.tryEndsAtMs = undefined;
    trying.delete(one);
    pausing.delete(one);
  }

  function pause(one: Carried, step: Step) {
    trying.delete(one);
    if (pausing.size === 0) step.timer(againTimer, pauseMs);
    pausing.add(one);
  }

  function tryNext(one: Carried, step: Step) {
    const [node, ...others] = one.nodes;
    one.nodes = others;
    one.end = undefined;
    if (node === undefined && step.uptimeMs < one.patientUntilMs) return pause(one, step);
    if (node === undefined) return breakOff(one, step);
    const { ip: remoteIp = node, port } = one.target;
    const remote = { ip: remoteIp, port };
    one.tryEndsAtMs = step.uptimeMs + connectMs;
    // The one that was begun last ends last: they are in the order of their times.
    trying.delete(one);
    trying.add(one);
    if (trying.size === 1) step.timer(tryTimer, connectMs);
    const local = localFor(remote, step);
    options.leadBy(node, { local, remote });
    one.end = transport.open({ local, remote }, handlersOf(one), step);
  }

  /** Hands the client's system all that has come since it was last handed something. */
  function flush(one: Carried, step: Step) {
    const { connection, toClient, isWriting } = one;
    if (isWriting || !carried.has(connection)) return;
    const { data } = toClient;
    if (data !== "") {
      toClient.data = "";
      one.isWriting = true;
      writes.set(tell({ op: "write", connection, data }, step), { one, bytes: data.length });
    } else if (toClient.isLast) {
      toClient.isLast = false;
      tell({ op: "end", connection }, step);
    }
  }

  function handlersOf(one: Carried): EndHandlers<Step> {
    const isOurs = (end: End) => one.end === end && carried.has(one.connection);
    return {
      opened(end, step) {
        settled(one);
        const { data, isLast } = one.fromClient;
        one.fromClient.data = "";
        if (data !== "" || isLast) transport.write(end, { data, isLast }, step);
      },
      failed(end, _why, step) {
        if (isOurs(end)) tryNext(one, step);
      },
      received(_end, { data, isLast }, step) {
        one.toClient.data += data;
        one.toClient.isLast ||= isLast;
        flush(one, step);
      },
      taken: (_end, bytes, step) => void tell({ op: "take", connection: one.connection, bytes }, step),
      broken(end, _why, step) {
        if (!isOurs(end)) return;
        one.end = undefined;
        breakOff(one, step);
      },
    };
  }

  return {
    opened({ connection, host, port, from }, step) {
      const arrival = { host, port, from };
      const door = options.doorOf(arrival);
      // The port is about to be closed: its Service is gone. Or the client is not to come in.
      if (!door) return void tell({ op: "reset", connection }, step);
      const one: Carried = {
        connection,
        arrival,
        target: door,
        nodes: door.nodes.slice(0, nodesTriedMax),
        patientUntilMs: step.uptimeMs + patienceMs,
        end: undefined,
        tryEndsAtMs: undefined,
        fromClient: { data: "", isLast: false },
        toClient: { data: "", isLast: false },
        isWriting: false,
      };
      carried.set(connection, one);
      tryNext(one, step);
    },
    data(connection, { data, isLast }, step) {
      const one = carried.get(connection);
      if (!one) return;
      if (one.end && one.tryEndsAtMs === undefined) return transport.write(one.end, { data, isLast }, step);
      one.fromClient.data += data;
      one.fromClient.isLast ||= isLast;
    },
    closed(connection, isBroken, step) {
      const one = carried.get(connection);
      if (!one) return;
      carried.delete(connection);
      settled(one);
      if (isBroken && one.end) transport.reset(one.end, step);
    },
    take(event, step) {
      const { ask, from, body } = event as { readonly ask?: AskId; readonly from?: string; readonly body?: TcpAnswer };
      if (event.type !== "reply" || from !== "device:tcp" || ask === undefined) return false;
      const write = writes.get(ask);
      if (!write) return true;
      writes.delete(ask);
      const { one, bytes } = write;
      one.isWriting = false;
      if (body?.ok !== true) breakOff(one, step);
      else if (one.end && carried.has(one.connection)) transport.take(one.end, bytes, step);
      flush(one, step);
      return true;
    },
    passOver(step) {
      for (const one of trying) {
        const { tryEndsAtMs = 0, end } = one;
        if (tryEndsAtMs > step.uptimeMs) {
          step.timer(tryTimer, tryEndsAtMs - step.uptimeMs);
          return;
        }
        one.end = undefined;
        trying.delete(one);
        if (end) transport.reset(end, step);
        tryNext(one, step);
      }
    },
    tryAgain(step) {
      const again = [...pausing];
      pausing.clear();
      for (const one of again) {
        const door = options.doorOf(one.arrival);
        // A Service that is gone has nobody to wait for.
        if (!door || door.nodes.length === 0) {
          breakOff(one, step);
          continue;
        }
        one.target = door;
        one.nodes = door.nodes.slice(0, nodesTriedMax);
        tryNext(one, step);
      }
    },
    get size() {
      return carried.size;
    },
  };
}
