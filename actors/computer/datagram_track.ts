import type { Datagram } from "../network/datagram.ts";
import type { Flow, Way } from "./conntrack.ts";

/** The exchanges of datagrams that a node translates: each is led as its first datagram was. */
export interface DatagramTrack {
  /** The datagram as it goes on; undefined when it is of no exchange that is known. */
  translate(datagram: Datagram, nowMs: number): Datagram | undefined;
  add(flow: Flow, nowMs: number): void;
  /** Forgets exchanges at once. */
  drop(isStale: (flow: Flow) => boolean): void;
  has(way: Way): boolean;
  readonly size: number;
}

interface Tracked extends Flow {
  lastMs: number;
}

/** As Linux has it (`nf_conntrack_udp_timeout_stream`). */
const idleMs = 120_000;
const flowsMax = 16_384;

/** Makes an empty table; `forgotten` is told what leaves it. */
export function createDatagramTrack(forgotten: (flow: Flow) => void): DatagramTrack {
  const byWay = new Map<string, Tracked>();
  /** The one that was used the longest ago is first. */
  const flows = new Set<Tracked>();

  function use(flow: Tracked, nowMs: number) {
    flow.lastMs = nowMs;
    flows.delete(flow);
    flows.add(flow);
  }

  function sweep(nowMs: number) {
    for (const flow of flows) {
      if (flow.lastMs + idleMs > nowMs && flows.size <= flowsMax) return;
      forget(flow);
    }
  }

  function forget(flow: Tracked) {
    flows.delete(flow);
    byWay.delete(keyOf(flow.original));
    byWay.delete(keyOf(flow.reply));
    forgotten(flow);
  }

  return {
    translate(datagram, nowMs) {
      const key = keyOf(datagram);
      const flow = byWay.get(key);
      if (!flow || flow.lastMs + idleMs <= nowMs) return undefined;
      use(flow, nowMs);
      const { source: target, target: source } = key === keyOf(flow.original) ? flow.reply : flow.original;
      return { ...datagram, source, target };
    },
    add(flow, nowMs) {
      sweep(nowMs);
      const tracked: Tracked = { ...flow, lastMs: nowMs };
      byWay.set(keyOf(flow.original), tracked);
      byWay.set(keyOf(flow.reply), tracked);
      flows.add(tracked);
    },
    drop(isStale) {
      for (const flow of flows) if (isStale(flow)) forget(flow);
    },
    has: (way) => byWay.has(keyOf(way)),
    get size() {
      return flows.size;
    },
  };
}

function keyOf({ source, target }: Way): string {
  return `${source.ip}:${source.port}>${target.ip}:${target.port}`;
}
