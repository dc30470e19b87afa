import type { AskId, Mail, Step } from "../../runtime/mod.ts";
import type { CriAnswer, CriRequest } from "../cri/messages.ts";
import type { Alarms } from "../kit/alarms.ts";
import type { Affinity } from "../network/affinity.ts";
import type { End, Transport } from "../network/connection.ts";
import type { Packet } from "../network/packet.ts";
import type { Ports } from "../network/ports.ts";
import type { Routes } from "../network/routes.ts";
import type { RuleTable } from "../network/rule_table.ts";
import type { Afar } from "./afar.ts";
import type { Beginning } from "./beginnings.ts";
import type { Bridges } from "./bridge.ts";
import type { Conntrack } from "./conntrack.ts";
import type { DatagramTrack } from "./datagram_track.ts";
import type { KubeletPort } from "./kubelet_port.ts";
import type { ComputerInput } from "./messages.ts";
import type { Neighbours } from "./neighbours.ts";
import type { Sandboxes } from "./sandboxes.ts";
import type { Sockets } from "./sockets.ts";

/** What is done with an answer; undefined: there will be none. */
export type Then = (answer: unknown, step: Step) => void;

/** All that a computer has in memory: gone when it loses power. */
export interface ComputerData {
  readonly input: ComputerInput;
  /** The rules that kube-proxy has made. */
  readonly rules: RuleTable;
  readonly calls: Map<AskId, Then>;
  readonly sandboxes: Sandboxes;
  /** Pods that are not begun yet, the one that has waited longest first. */
  beginnings: readonly Beginning[];
  /** From which on ports are given out. */
  readonly portFirst: number;
  /** Undefined: nothing has been carried yet. */
  traffic: Traffic | undefined;
  /** How it is made: it leads to all parts of a computer, and they to this file. */
  readonly createTraffic: (data: ComputerData) => Traffic;
}

/** What a computer keeps of what it carries: far more than the rest of it, and most computers carry nothing. */
export interface Traffic {
  readonly affinity: Affinity;
  readonly routes: Routes;
  readonly afar: Afar;
  readonly conntrack: Conntrack;
  readonly kubeletPort: KubeletPort;
  readonly datagrams: DatagramTrack;
  readonly neighbours: Neighbours;
  readonly ports: Ports;
  readonly alarms: Alarms<Step>;
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

/** What a computer carries, made with the first of it. */
export function trafficOf(data: ComputerData): Traffic {
  data.traffic ??= data.createTraffic(data);
  return data.traffic;
}

/** Asks the container runtime; `then` gets its answer in a later step. */
export function askRuntime(data: ComputerData, step: Step, request: unknown, then: Then): void {
  data.calls.set(step.device("cri", request), then);
}

/** Passes a call of the kubelet on to the container runtime, and the answer back. */
export function relay(data: ComputerData, mail: Mail, request: CriRequest, step: Step, learn: LearnFrom): void {
  const { from, ask } = mail;
  askRuntime(data, step, request, (answer, later) => {
    learn(data, { request, answer: answer as CriAnswer }, later);
    later.reply({ from, ask }, answer);
  });
}

/** Takes note of what an answer of the container runtime says. */
export type LearnFrom = (
  data: ComputerData,
  call: { readonly request: CriRequest; readonly answer: CriAnswer },
  step: Step,
) => void;
