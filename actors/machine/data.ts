import type { AskId, Mail, Step } from "../../runtime/mod.ts";
import type { CriAnswer, CriRequest } from "../container_runtime/messages.ts";
import { type Affinity, createAffinity } from "../network/affinity.ts";
import type { End, Transport } from "../network/connection.ts";
import type { Packet } from "../network/packet.ts";
import { createRuleTable, type RuleTable } from "../network/rule_table.ts";
import { createTransport } from "../network/transport.ts";
import { type Alarms, createAlarms } from "./alarms.ts";
import { type Conntrack, createConntrack } from "./conntrack.ts";
import type { MachineInput } from "./messages.ts";
import { createNeighbours, type Neighbours } from "./neighbours.ts";
import { createPorts, type Ports } from "./ports.ts";
import { createRoutes, type Routes } from "./routes.ts";
import { createSandboxes, type Sandboxes } from "./sandboxes.ts";
import { createSockets, offer, type Sockets } from "./sockets.ts";
import type { Bridges } from "./stream_dial.ts";

/** What is done with an answer; undefined: there will be none. */
export type Then = (answer: unknown, step: Step) => void;

/** All that a machine has in memory: gone when it loses power. */
export interface MachineData {
  readonly input: MachineInput;
  /** The rules that kube-proxy has made. */
  readonly rules: RuleTable;
  readonly affinity: Affinity;
  readonly calls: Map<AskId, Then>;
  readonly routes: Routes;
  readonly sandboxes: Sandboxes;
  readonly conntrack: Conntrack;
  readonly neighbours: Neighbours;
  readonly ports: Ports;
  readonly alarms: Alarms;
  readonly transport: Transport<Step>;
  /** Packets that this step has made and that are still to be carried. */
  readonly outbox: Packet[];
  /** Ends that were over in this step. */
  readonly over: End[];
  readonly sockets: Sockets;
  readonly bridges: Bridges;
  /** For when the timer is set; undefined: it is not. */
  readonly wake: { atMs: number | undefined };
}

/** A machine that has just been switched on. */
export function createData(input: MachineInput, step: Step): MachineData {
  const ports = createPorts(step.int(2 ** 16));
  const data: MachineData = {
    input,
    rules: createRuleTable(input.node),
    affinity: createAffinity(),
    calls: new Map(),
    routes: createRoutes(input.routes),
    sandboxes: createSandboxes(),
    conntrack: createConntrack(({ original, reply }) => {
      if (reply.target !== original.source) ports.free(reply.target.ip, reply.target.port);
    }),
    neighbours: createNeighbours(),
    ports,
    alarms: createAlarms(),
    transport: createTransport<Step>({
      send: (packet) => void data.outbox.push(packet),
      offered: (end, at) => offer(data, end, at),
      gone: (end) => void data.over.push(end),
    }),
    outbox: [],
    over: [],
    sockets: createSockets(),
    bridges: new Map(),
    wake: { atMs: undefined },
  };
  return data;
}

/** Asks the container runtime; `then` gets its answer in a later step. */
export function askRuntime(data: MachineData, step: Step, request: unknown, then: Then): void {
  data.calls.set(step.device("cri", request), then);
}

/** Passes a call of the kubelet on to the container runtime, and the answer back. */
export function relay(data: MachineData, mail: Mail, request: CriRequest, step: Step, learn: LearnFrom): void {
  const { from, ask } = mail;
  askRuntime(data, step, request, (answer, later) => {
    learn(data, { request, answer: answer as CriAnswer }, later);
    later.reply({ from, ask }, answer);
  });
}

/** Takes note of what an answer of the container runtime says. */
export type LearnFrom = (
  data: MachineData,
  call: { readonly request: CriRequest; readonly answer: CriAnswer },
  step: Step,
) => void;
