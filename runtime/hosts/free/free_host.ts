import { type Bundles, bundleCast } from "../../build/bundle.ts";
import { judgeBuiltins } from "../../build/check_module.ts";
import type { Address } from "../../core/actor.ts";
import type { ActorJournal } from "../../core/actor_journal.ts";
import { createFaultEngine } from "../../faults/engine.ts";
import type { ChildSpec } from "../../supervision/child_spec.ts";
import { createDeadLetterBox, joinDeadLetters } from "../dead_letters.ts";
import type { ActorReport, CrashReport, DeadLetters, Host, HostFailure } from "../host.ts";
import { outside as outsideAddress } from "../host.ts";
import type { Director, ShardStats, StatsOptions } from "./control.ts";
import type { FreeCast } from "./free_cast.ts";
import { createInjections, type Injections } from "./injections.ts";
import { createLives, type Lives, type Placement } from "./lives.ts";
import { createOutside, type Outside } from "./outside.ts";
import type { Resident } from "./resident.ts";
import { monotonicNs } from "./shard_clock.ts";
import { createShards, type Shard, type Shards } from "./shards.ts";
import { mainPeer, nowhere, type PeerId } from "./wire.ts";

/** What the hosts with real time and real threads are made of. */
export interface FreeHostOptions {
  readonly cast: FreeCast;
  /** Handed to the function that makes the devices, in each worker: plain data. Default: undefined. */
  readonly settings?: unknown;
  /** Seeds the actors' random numbers; the order of events stays the machine's. Default 1. */
  readonly seed?: number;
  /** How many steps of each life are written down for `journalOf`. Default 0: none. */
  readonly journalMax?: number;
  /** The heap limit of a worker where its actor's spec names none, in megabytes. Default 256. */
  readonly heapMaxMb?: number;
  /** Called when a root actor is given up. */
  readonly onFailure?: (failure: HostFailure) => void;
  /** Called with each crash of an actor, restarted or not. */
  readonly onCrash?: (crash: CrashReport) => void;
  /** Called with what actors log. */
  readonly onLog?: (address: Address, text: string) => void;
}

/** A host with real time and real threads. */
export interface FreeHost extends Host {
  /** The recorded inputs of an actor's present life, or of its last one. */
  journalOf(address: Address): Promise<ActorJournal | undefined>;
  /** Kills the worker that an actor lives in, with all that live in it, as the operating system may. */
  terminate(address: Address): Promise<void>;
  /** Memory and steps of each worker. */
  stats(options?: StatsOptions): Promise<readonly ShardStats[]>;
}

/** How a host places actors, given its workers. */
export type PlacementMaker = (shards: Shards, heapMaxMb: number) => Placement;

const heapMaxMbDefault = 256;

/** The parts of a free-running host as they know each other. */
interface Ground {
  readonly options: FreeHostOptions;
  readonly outside: Outside;
  readonly shards: Shards;
  readonly lives: Lives;
  readonly injections: Injections;
  readonly failures: HostFailure[];
  /** What the main thread itself could not deliver. */
  readonly letters: ReturnType<typeof createDeadLetterBox>;
  /** What workers could not deliver that are gone. */
  readonly retired: DeadLetters[];
  uptimeMs(): number;
}

/** Makes a free-running host: `thread.ts` and `pool.ts` say where actors live, all else is here. */
export async function createFreeHost(
  name: "thread" | "pool",
  options: FreeHostOptions,
  placementOf: PlacementMaker,
): Promise<FreeHost> {
  const bundles = await bundleCast(options.cast, { isShared: name === "pool" });
  const ground = createGround(options, bundles, placementOf);
  const { lives, outside, shards, injections, letters, retired, failures } = ground;
  const { residents } = lives;
  let isClosed = false;

  async function stop(address: Address) {
    const resident = residents.get(address);
    if (!resident) return;
    lives.take({ kind: "stop", address });
    await resident.over.promise;
  }

  async function close() {
    isClosed = true;
    injections.close();
    const roots = [...residents.values()].filter(({ member }) => member.parent === "");
    for (const alike of ofOneKind(roots.reverse())) await Promise.all(alike.map(({ address }) => stop(address)));
    outside.close();
    await shards.close();
  }

  return {
    name,
    async spawn(spec) {
      if (isClosed) throw new Error(`Cannot start actor "${spec.name}": the host is closed`);
      return spawnRoot(lives, spec);
    },
    stop,
    send: outside.send,
    ask: outside.ask,
    inspect: async (address) => reportOf(residents.get(address)),
    addresses: () => [...residents.keys()].sort(),
    crash: async (address, reason) => lives.take({ kind: "crash", address, reason }),
    inject: injections.inject,
    async deadLetters() {
      const answers = await Promise.all(shards.all().map((shard) => shard.ask((control) => control.deadLetters())));
      return joinDeadLetters([...retired, ...answers.flatMap((each) => each ?? []), letters.read()]);
    },
    failures: () => failures,
    async journalOf(address) {
      return await residents.get(address)?.shard?.ask((control) => control.journalOf(address));
    },
    async terminate(address) {
      await residents.get(address)?.shard?.terminate();
    },
    async stats(wanted) {
      const answers = await Promise.all(shards.all().map((shard) => shard.ask((control) => control.stats(wanted))));
      return answers.flatMap((each) => each ?? []);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function spawnRoot({ take, residents }: Lives, spec: ChildSpec): Promise<Address> {
  take({ kind: "spawn", spec });
  const resident = residents.get(spec.name);
  await resident?.settled.promise;
  if (resident?.refusal) throw resident.refusal;
  return spec.name;
}

async function reportOf(resident: Resident | undefined): Promise<ActorReport | undefined> {
  if (!resident) return undefined;
  const { address, member, shard } = resident;
  const { definition, state, incarnation, lastEnd } = member;
  const report = await shard?.ask((control) => control.inspect(address));
  const past = lastEnd === undefined ? {} : { lastEnd };
  return { address, kind: definition.kind, state, incarnation, phase: "", waiting: 0, ...past, ...report };
}

/** Makes the parts of a host; each finds the others when it needs them. */
function createGround(options: FreeHostOptions, bundles: Bundles, placementOf: PlacementMaker): Ground {
  const { settings, seed = 1, journalMax = 0, heapMaxMb = heapMaxMbDefault } = options;
  const originNs = monotonicNs();
  const letters = createDeadLetterBox();
  const ground = {
    options,
    letters,
    failures: [],
    retired: [],
    uptimeMs: () => (monotonicNs() - originNs) / 1e6,
  } as Pick<Ground, "options" | "letters" | "failures" | "retired" | "uptimeMs"> as {
    -readonly [Part in keyof Ground]: Ground[Part];
  };
  ground.outside = createOutside((address) => ground.lives.locate(mainPeer, address), letters.put);
  ground.shards = createShards({
    bundleUrlOf: bundles.urlOf,
    seed,
    originNs,
    settings,
    journalMax,
    isLogged: options.onLog !== undefined,
    mainLinks: () => ground.outside.links,
    directorOf: (shard) => directorOf(ground, shard),
    exited: (shard, reason) => ground.lives.shardExited(shard, reason),
    activeFaults: () => ground.injections.active(),
  });
  ground.lives = createHostLives(ground, placementOf(ground.shards, heapMaxMb), bundles);
  const { take, residents } = ground.lives;
  const engine = createFaultEngine({
    faults: [],
    seed,
    uptimeMs: ground.uptimeMs,
    // What lasts for a while is ended by the injection itself.
    callLater: () => {},
    control: {
      addresses: () => [...residents.keys()].sort(),
      crash: (address, reason) => take({ kind: "crash", address, reason }),
      holdDown: (address, held) => take({ kind: held ? "hold" : "release", address }),
      pause: (address) => take({ kind: "pause", address }),
      resume: (address) => take({ kind: "resume", address }),
    },
  });
  ground.injections = createInjections(engine, ground.shards);
  return ground;
}

/** What a shard tells, as Comlink finds it: all methods return nothing and never throw. */
function directorOf({ lives, options }: Ground, { peer }: Shard): Director {
  return {
    supervise: lives.take,
    locate: (address) => lives.locate(peer, address),
    log: (address, text) => options.onLog?.(address, text),
  };
}

function createHostLives(ground: Ground, placement: Placement, bundles: Bundles): Lives {
  const { options, shards, outside, failures, retired, uptimeMs } = ground;
  return createLives({
    cast: options.cast,
    placement,
    shardOf: shards.get,
    uptimeMs,
    /** Takes over what a worker that is no longer needed has counted, and ends it. */
    async retire(shard) {
      const letters = await shard.ask((control) => control.farewell());
      if (letters && letters.count > 0) retired.push(letters);
      await shard.terminate();
    },
    async checkModule({ member: { definition, permissions, address } }) {
      // Workers run what was bundled when the host was made: that is what was looked at.
      judgeBuiltins(bundles.builtinsOf(definition), permissions, address);
    },
    gone: outside.gone,
    tellPlace(asker: PeerId, address: Address, shard: Shard | undefined) {
      const peer = shard?.peer ?? (address === outsideAddress ? mainPeer : nowhere);
      if (peer !== nowhere) shards.connect(asker, peer);
      if (asker === mainPeer) outside.links.located(address, peer);
      else shards.get(asker)?.control.located(address, peer);
    },
    failed(failure) {
      failures.push(failure);
      options.onFailure?.(failure);
    },
    crashed: (crash) => options.onCrash?.(crash),
  });
}

/** Neighbours of one kind, a hundred kubelets say, do not need each other to stop. */
function ofOneKind(residents: readonly Resident[]): Resident[][] {
  const groups: Resident[][] = [];
  for (const resident of residents) {
    const last = groups.at(-1);
    if (last?.[0]?.member.definition === resident.member.definition) last.push(resident);
    else groups.push([resident]);
  }
  return groups;
}
