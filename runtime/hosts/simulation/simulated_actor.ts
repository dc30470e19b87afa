import type { ActorDefinition, Address, AskId } from "../../core/actor.ts";
import type { Cell } from "../../core/cell.ts";
import { hash32, mix32 } from "../../core/random.ts";
import type { Device } from "../../devices/device.ts";
import type { Member } from "../../supervision/tree.ts";
import type { ActorReport } from "../host.ts";

/** An event on its way into a machine, with whom it is from for the journal. */
export interface Delivery {
  readonly from: Address;
  readonly event: { readonly type: string };
}

/** A named timer: when it is due now, and whether an item for it waits in the heap. */
export interface SimulatedTimer {
  readonly run: "timer";
  readonly name: string;
  dueAt: number;
  /** When the heap item that stands for it comes up; at that time it is moved on if the timer was put off. */
  itemAt: number;
}

/** Asks with the same timeout are due in the order they were asked, so one item in the heap stands for all. */
export interface AskQueue {
  readonly run: "asks";
  readonly timeoutMs: number;
  readonly asks: { readonly id: AskId; readonly dueAt: number }[];
  head: number;
}

/** One way between two actors: messages on it stay in order unless a fault says otherwise. */
export interface Link {
  readonly key: number;
  sent: number;
  lastArrivalAt: number;
  /** When the last message of each lane arrives that a fault made. */
  lanes?: Map<string, number>;
}

/** An actor in the simulation: what outlives its lives, and its present life. */
export interface SimulatedActor {
  readonly address: Address;
  readonly addressHash: number;
  /** What its supervisor knows of it. */
  readonly member: Member;
  readonly definition: ActorDefinition;
  readonly links: Map<Address, Link>;
  cell: Cell | undefined;
  /** Counts what was scheduled for it: part of the tie-break. */
  arrivals: number;
  /** What waits while it is paused. */
  waiting: Delivery[];
  pending: Map<AskId, Address>;
  askQueues: Map<number, AskQueue>;
  timers: Map<string, SimulatedTimer>;
  devices: Map<string, Device>;
}

/** Makes an actor that has not started yet. */
export function createSimulatedActor(member: Member, definition: ActorDefinition): SimulatedActor {
  return {
    address: member.address,
    addressHash: hash32(member.address),
    member,
    definition,
    links: new Map(),
    cell: undefined,
    arrivals: 0,
    waiting: [],
    pending: new Map(),
    askQueues: new Map(),
    timers: new Map(),
    devices: new Map(),
  };
}

/** What a host tells of it. */
export function reportOf({ address, member, definition, waiting, cell }: SimulatedActor): ActorReport {
  const { state, incarnation, lastEnd } = member;
  const phase = cell?.machine.phase() ?? "";
  const past = lastEnd === undefined ? {} : { lastEnd };
  return { address, kind: definition.kind, state, phase, incarnation, waiting: waiting.length, ...past };
}

/** The link from an actor to another, made on first use. */
export function linkOf(actor: Pick<SimulatedActor, "links" | "addressHash">, to: Address, seed: number): Link {
  let link = actor.links.get(to);
  if (!link) {
    link = { key: mix32(mix32(seed, actor.addressHash), hash32(to)), sent: 0, lastArrivalAt: 0 };
    actor.links.set(to, link);
  }
  return link;
}

/** Forgets all that a killed process forgets. */
export function forgetLife(actor: SimulatedActor, crashed: boolean): void {
  for (const device of actor.devices.values()) device.close(crashed);
  actor.cell = undefined;
  actor.waiting = [];
  actor.pending = new Map();
  actor.askQueues = new Map();
  actor.timers = new Map();
  actor.devices = new Map();
}

/** A call that is void once the present life is over. */
export function whileAlive(actor: SimulatedActor, body: () => void): () => void {
  const { cell } = actor;
  return () => {
    if (cell && actor.cell === cell) body();
  };
}
