import { core } from "../../actors/store/raft/core.ts";
import type { Entry } from "../../actors/store/raft/entry.ts";
import { foundedBy } from "../../actors/store/raft/founding.ts";
import type { RaftMessage } from "../../actors/store/raft/messages.ts";
import type { Raft } from "../../actors/store/raft/raft.ts";
import type { Write } from "../../actors/store/raft/write.ts";
import type { SmallWorld } from "./explore.ts";
import { emptyDisk, memoryOf, type RaftDisk, storeWrite } from "./raft_disk.ts";

/** How often what nobody delivers may happen. */
export interface RaftBounds {
  /** A replica hears nothing for long, and stands for election. */
  readonly timeouts: number;
  /** A replica ends with the write that is under way, and begins again. */
  readonly crashes: number;
  /** The leader is given a command. */
  readonly proposals: number;
}

/** Three replicas, and all that is under way between them. */
export interface RaftWorld {
  readonly rafts: Raft[];
  readonly disks: RaftDisk[];
  readonly writes: (Write | undefined)[];
  /** By sender and receiver, `0>1`, in order. */
  readonly links: Record<string, RaftMessage[]>;
  readonly left: { timeouts: number; crashes: number; proposals: number };
  uptimeMs: number;
  ids: number;
  /** Who led in which term, and what is committed by anybody. */
  readonly leaders: Record<number, string>;
  readonly committed: Entry[];
  wrong: string | undefined;
}

const names = ["0", "1", "2"];
const [heartbeatMs, electionMs, silenceMs] = [100, 1_000, 10_000];

/** A group of three that has just chosen its leader, from there on: deliveries in any order, and what the bounds allow. */
export function raftOfThree(bounds: RaftBounds): SmallWorld<RaftWorld> {
  return {
    initial: () => begun(bounds),
    enabled,
    after(before, name) {
      const world = structuredClone(before);
      try {
        happen(world, name);
      } catch (error) {
        world.wrong ??= `A replica asserts what does not hold: ${(error as Error).message}`;
      }
      return world;
    },
    keyOf: (world) => JSON.stringify(world, plain),
    isIndependent,
    judge: ({ wrong }) => wrong,
  };
}

/** Maps and sets as lists, so that all of a state is text. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

function begun(bounds: RaftBounds): RaftWorld {
  const world: RaftWorld = {
    ...{
      rafts: [],
      disks: names.map(emptyDisk),
      writes: [],
      links: {},
      left: { timeouts: 1, crashes: 0, proposals: 0 },
    },
    ...{ uptimeMs: 0, ids: 0, leaders: {}, committed: [], wrong: undefined },
  };
  for (const name of names) {
    world.rafts.push(core.create({ ...settings(name, 0), ...foundedBy(names) }, momentOf(world)));
    settle(world, name);
  }
  happen(world, "timeout 0");
  for (let next = enabled(world)[0]; next !== undefined; next = enabled(world)[0]) happen(world, next);
  Object.assign(world.left, bounds);
  return world;
}

function settings(self: string, life: number) {
  return { self, life: `${self}.${life}`, heartbeatMs, electionMs, founders: names, beginCommand: "" };
}

function momentOf(world: RaftWorld) {
  return { uptimeMs: world.uptimeMs, int: () => 0, nextId: () => ++world.ids };
}

function enabled({ links, writes, rafts, left }: RaftWorld): readonly string[] {
  const deliveries = Object.keys(links).filter((link) => (links[link]?.length ?? 0) > 0);
  return [
    ...deliveries.sort().map((link) => `deliver ${link}`),
    ...names.filter((_, index) => writes[index]).map((name) => `sync ${name}`),
    ...(left.proposals > 0 ? names.filter((_, index) => rafts[index]?.role === "leader") : []).map(
      (n) => `propose ${n}`,
    ),
    ...(left.timeouts > 0 ? names : []).map((name) => `timeout ${name}`),
    ...(left.crashes > 0 ? names : []).map((name) => `crash ${name}`),
  ];
}

/** Who it happens to; deliveries happen to who receives. */
function placeOf(name: string): string {
  return name.at(-1) ?? "";
}

/** What happens to different replicas is independent, but for what time does to all, and bounds that are shared. */
function isIndependent(one: string, other: string): boolean {
  const [sort, otherSort] = [one.split(" ")[0], other.split(" ")[0]];
  if (sort === "timeout" || otherSort === "timeout") return false;
  const isBounded = (each: string | undefined) => each === "crash" || each === "propose";
  return placeOf(one) !== placeOf(other) && !(sort === otherSort && isBounded(sort));
}

function happen(world: RaftWorld, name: string) {
  const [sort, what = ""] = name.split(" ");
  const place = placeOf(name);
  const index = names.indexOf(place);
  const raft = world.rafts[index];
  if (!raft) return;
  if (sort === "deliver") {
    const body = world.links[what]?.shift();
    if (body) core.step(raft, { from: what[0] ?? "", body }, momentOf(world));
  } else if (sort === "sync") {
    const write = world.writes[index];
    world.writes[index] = undefined;
    if (write) storeWrite(world.disks[index] as RaftDisk, write);
    if (write) core.advance(raft, write, momentOf(world));
  } else if (sort === "propose") {
    world.left.proposals--;
    core.step(raft, { from: place, body: { type: "propose", commands: [`${world.left.proposals}`] } }, momentOf(world));
  } else if (sort === "timeout") {
    world.left.timeouts--;
    world.uptimeMs += silenceMs;
    if (raft.role !== "leader") core.tick(raft, momentOf(world));
  } else crash(world, index);
  settle(world, place);
}

/** What was being written is lost, and so is what was on its way to the replica. */
function crash(world: RaftWorld, index: number) {
  const name = names[index] ?? "";
  world.left.crashes--;
  world.writes[index] = undefined;
  for (const link of Object.keys(world.links)) if (link.endsWith(name)) world.links[link] = [];
  const disk = world.disks[index] as RaftDisk;
  const memory = disk.entries.length > 0 ? memoryOf(disk) : foundedBy(names);
  world.rafts[index] = core.create({ ...settings(name, world.left.crashes + 1), ...memory }, momentOf(world));
}

function settle(world: RaftWorld, name: string) {
  const index = names.indexOf(name);
  const raft = world.rafts[index];
  if (!raft) return;
  const { write, messages, committed } = core.ready(raft, momentOf(world));
  if (write) world.writes[index] = write;
  for (const { to, message } of messages) {
    const link = `${name}>${to}`;
    world.links[link] = [...(world.links[link] ?? []), message];
  }
  for (const entry of committed) noteCommitted(world, name, entry);
  if (raft.role === "leader") noteLeader(world, name, raft);
}

function noteCommitted(world: RaftWorld, name: string, entry: Entry) {
  const known = world.committed[entry.index];
  if (!known) world.committed[entry.index] = entry;
  else if (known.record !== entry.record) {
    world.wrong ??= `State-machine safety: ${name} commits another entry ${entry.index} than was committed`;
  }
}

function noteLeader(world: RaftWorld, name: string, { term, log }: Raft) {
  const other = world.leaders[term];
  if (other !== undefined && other !== name)
    world.wrong ??= `Election safety: ${other} and ${name} lead in term ${term}`;
  if (other !== undefined) return;
  world.leaders[term] = name;
  const missing = world.committed.find((entry) => entry && log.entries[entry.index - 1]?.record !== entry.record);
  if (missing) world.wrong ??= `Leader completeness: ${name} leads in term ${term} without entry ${missing.index}`;
}
