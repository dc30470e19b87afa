import type { Command } from "../workload/command.ts";

/** The part of a run that is about traffic: what a client asks of the front, which asks the back. */
export interface TrafficPlan {
  readonly requests: readonly TrafficRequest[];
}

/** A request that a client outside of the cluster sends to a node's port. */
export interface TrafficRequest {
  /** No two of a run have the same. */
  readonly id: number;
  readonly atMs: number;
  /** To which node, by index; of fewer nodes, in turn. */
  readonly node: number;
  /** How many letters come with it. */
  readonly bytes: number;
  /** How many letters come back. */
  readonly answerBytes: number;
  /** How long it takes to answer. */
  readonly workMs: number;
}

/** The port of every node that leads to the front. */
export const frontNodePort = 30_080;

/** Requests of the plan have smaller ids than those that the client sends when all is over. */
export const finaleIdFirst = 1_000_000;

/** The address of the client. */
export const trafficAddress = "traffic/0";
/** Its IP, in the network of the nodes, beside them. */
export const trafficIp = "172.18.0.100";
/** And in a cluster where IPv6 leads. */
export const trafficIpv6 = "fd00:172:18::100";

/** Whether the work of a run brings about all that it takes to answer: a shrunk one may have left something out. */
export function isServed(workload: readonly Command[]): boolean {
  return (["front", "back"] as const).every((server) =>
    (["createService", "create"] as const).every((op) =>
      workload.some((command) => command.op === op && command.name === server),
    ),
  );
}
