import type { End, Transport } from "../../actors/network/connection.ts";
import { createTransport } from "../../actors/network/transport.ts";
import type { Address, Step } from "../../runtime/mod.ts";
import type { TrafficRequest } from "./traffic_plan.ts";

/** The input of a client of the cluster's traffic. */
export interface TrafficInput {
  /** Its own IP, outside of the cluster. */
  readonly ip: string;
  /** The nodes that it sends to, in order. */
  readonly nodes: readonly TrafficNode[];
  readonly requests: readonly TrafficRequest[];
}

/** Where a node is: its IP, and the computer that has it. */
export interface TrafficNode {
  readonly ip: string;
  readonly computer: Address;
}

/** What came of a request, as its client sees it. */
export type TrafficOutcome =
  | { readonly kind: "answer"; readonly status: number; readonly text: string }
  /** The connection could not be made, or broke. */
  | { readonly kind: "error"; readonly message: string }
  /** Nothing came for so long that the client gave up. */
  | { readonly kind: "silence" };

/** A request that was sent, and what came of it. */
export interface TrafficRecord {
  readonly request: TrafficRequest;
  readonly node: TrafficNode;
  readonly sentAtMs: number;
  endedAtMs: number;
  outcome: TrafficOutcome | undefined;
}

/** What the client knows; checks read it. */
export interface TrafficData {
  readonly input: TrafficInput;
  readonly transport: Transport<Step>;
  /** What is still to be sent, in order of time. */
  readonly waiting: TrafficRequest[];
  /** In the order in which they were sent. */
  readonly begun: TrafficRecord[];
  /** In the order in which they ended. */
  readonly ended: TrafficRecord[];
  readonly open: Map<TrafficRecord, End>;
  nextPort: number;
}

const portFirst = 32_768;

/** Notes how a request ended; only the first end counts. */
export function settle(data: TrafficData, record: TrafficRecord, outcome: TrafficOutcome, step: Step): void {
  if (record.outcome) return;
  record.outcome = outcome;
  record.endedAtMs = step.uptimeMs;
  data.open.delete(record);
  data.ended.push(record);
}

/** A client that has sent nothing yet. */
export function createClientData(input: TrafficInput): TrafficData {
  const { nodes, requests } = input;
  const computers = new Map(nodes.map(({ ip, computer }) => [ip, computer]));
  const transport: Transport<Step> = createTransport<Step>({
    send(packet, step) {
      const to = computers.get(packet.target.ip);
      if (to !== undefined) step.send(to, packet);
    },
    // Nobody asks anything of a client.
    offered: (end, step) => transport.refuse(end, step),
  });
  return {
    input,
    transport,
    waiting: [...requests].sort((a, b) => a.atMs - b.atMs),
    begun: [],
    ended: [],
    open: new Map(),
    nextPort: portFirst,
  };
}
