import type { Endpoint } from "../network/endpoint.ts";
import type { Packet } from "../network/packet.ts";

/** From where to where packets go in one direction. */
export interface Way {
  readonly source: Endpoint;
  readonly target: Endpoint;
}

/** A connection that a node translates. */
export interface Flow {
  /** As who opened it sees it. */
  readonly original: Way;
  /** The answers, as who is reached sends them. */
  readonly reply: Way;
}

/**
 * The connections that a node translates: each is led as its first packet was, whatever has become of the rules since.
 */
export interface Conntrack {
  /** The packet as it goes on; undefined when it is of no connection that is known. */
  translate(packet: Packet, nowMs: number): Packet | undefined;
  add(flow: Flow, nowMs: number): void;
  /** Whether packets that go this way are of a connection that is known. */
  has(way: Way): boolean;
  /** One of its ends is gone without a word. */
  forget(original: Way): void;
  readonly size: number;
}

interface Tracked extends Flow {
  state: "new" | "answered" | "closing";
  sinceMs: number;
  endedOriginal: boolean;
  endedReply: boolean;
}

/** Kept for so long: what nobody has answered, and what has ended, as Linux does. */
const newMs = 120_000;
const closingMs = 120_000;
/** More than that, and the oldest is forgotten. */
const flowsMax = 65_536;

/** Makes an empty table; `forgotten` is told what leaves it. */
export function createConntrack(forgotten: (flow: Flow) => void): Conntrack {
  const byWay = new Map<string, Tracked>();
  /** In the order in which they came into their state: the oldest is looked at first. */
  const states = { new: new Set<Tracked>(), answered: new Set<Tracked>(), closing: new Set<Tracked>() };

  function become(flow: Tracked, state: Tracked["state"], nowMs: number) {
    states[flow.state].delete(flow);
    flow.state = state;
    flow.sinceMs = nowMs;
    states[state].add(flow);
  }

  function remove(flow: Tracked) {
    states[flow.state].delete(flow);
    byWay.delete(keyOf(flow.original));
    byWay.delete(keyOf(flow.reply));
    forgotten(flow);
  }

  function sweepState(state: "new" | "closing", untilMs: number) {
    for (const flow of states[state]) {
      if (flow.sinceMs > untilMs) return;
      remove(flow);
    }
  }

  function sweep(nowMs: number) {
    sweepState("new", nowMs - newMs);
    sweepState("closing", nowMs - closingMs);
    const [oldest] = states.closing.size > 0 ? states.closing : states.answered;
    if (byWay.size >= 2 * flowsMax && oldest) remove(oldest);
  }

  function see(flow: Tracked, isReply: boolean, { kind, fin }: Packet, nowMs: number) {
    if (kind === "rst" || kind === "unreachable") return remove(flow);
    if (isReply && flow.state === "new") become(flow, "answered", nowMs);
    if (!fin) return;
    if (isReply) flow.endedReply = true;
    else flow.endedOriginal = true;
    if (flow.endedReply && flow.endedOriginal) become(flow, "closing", nowMs);
  }

  return {
    translate(packet, nowMs) {
      const key = keyOf(packet);
      const flow = byWay.get(key);
      if (!flow) return undefined;
      const isReply = key !== keyOf(flow.original);
      if (packet.kind === "syn" && flow.state === "closing") {
        remove(flow);
        return undefined;
      }
      see(flow, isReply, packet, nowMs);
      const { source: target, target: source } = isReply ? flow.original : flow.reply;
      return { ...packet, source, target };
    },
    add(flow, nowMs) {
      sweep(nowMs);
      const tracked: Tracked = { ...flow, state: "new", sinceMs: nowMs, endedOriginal: false, endedReply: false };
      byWay.set(keyOf(flow.original), tracked);
      byWay.set(keyOf(flow.reply), tracked);
      states.new.add(tracked);
    },
    has: (way) => byWay.has(keyOf(way)),
    forget(original) {
      const key = keyOf(original);
      const flow = byWay.get(key);
      if (flow && flow.state !== "closing" && keyOf(flow.original) === key) remove(flow);
    },
    get size() {
      return byWay.size / 2;
    },
  };
}

function keyOf({ source, target }: Way): string {
  return `${source.ip}:${source.port}>${target.ip}:${target.port}`;
}
