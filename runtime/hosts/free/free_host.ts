import { bundleCast } from "../../build/bundle.ts";
import { type BuiltinReached, builtinsOf, judgeBuiltins } from "../../build/check_module.ts";
import type { Address } from "../../core/actor.ts";
import type { ActorJournal } from "../../core/actor_journal.ts";
import { allPermissions } from "../../core/permissions.ts";
import { createFaultEngine } from "../../faults/engine.ts";
import type { FaultAction } from "../../faults/fault.ts";
import type { ChildSpec } from "../../supervision/supervisor.ts";
import type { ActorReport, CrashReport, DeadLetters, Host, HostFailure } from "../host.ts";
import { outside as outsideAddress } from "../host.ts";
import type { Director, ShardStats, StatsOptions } from "./control.ts";
import type { FreeCast } from "./free_cast.ts";
import { createOutside } from "./outside.ts";
import type { Resident } from "./resident.ts";
import { monotonicNs } from "./shard_clock.ts";
import { createShards, type Shard, type Shards } from "./shards.ts";
import { createSupervision, type Placement, type Supervision } from "./supervision.ts";
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
const deadLettersMax = 20;

/** Makes a free-running host: `thread.ts` and `pool.ts` say where actors live, all else is here. */
export async function createFreeHost(
  name: "thread" | "pool",
  options: FreeHostOptions,
  placementOf: PlacementMaker,
): Promise<FreeHost> {
  const { cast, settings, seed = 1, journalMax = 0, heapMaxMb = heapMaxMbDefault } = options;
  const bundles = await bundleCast(cast, { isShared: name === "pool" });
  const originNs = monotonicNs();
  const uptimeMs = () => (monotonicNs() - originNs) / 1e6;
  const failures: HostFailure[] = [];
  const activeFaults = new Map<number, FaultAction>();
  const builtins = new Map<string, Promise<readonly BuiltinReached[]>>();
  const retired: DeadLetters[] = [];
  const lost: { from: Address; to: Address; type: string }[] = [];
  let [lostCount, faultIds, isClosed] = [0, 0, false];

  const outside = createOutside(
    (address) => supervision.locate(mainPeer, address),
    (letter) => {
      lostCount++;
      lost.push(letter);
      if (lost.length > deadLettersMax) lost.shift();
    },
  );
  const shards = createShards({
    bundleUrlOf: bundles.urlOf,
    seed,
    originNs,
    settings,
    journalMax,
    isLogged: options.onLog !== undefined,
    mainLinks: () => outside.links,
    directorOf,
    exited: (shard, reason) => supervision.shardExited(shard, reason),
    activeFaults: () => [...activeFaults],
  });
  const placement = placementOf(shards, heapMaxMb);
  const supervision: Supervision = createSupervision({
    cast,
    placement,
    shardOf: shards.get,
    uptimeMs,
    retire,
    async checkModule({ definition: { module: url }, permissions, address }) {
      // Workers run what was bundled when the host was made: each module is looked at once.
      const found = builtins.get(url) ?? builtinsOf(url);
      builtins.set(url, found);
      judgeBuiltins(await found, permissions, address);
    },
    gone: outside.gone,
    tellPlace,
    failed(failure) {
      failures.push(failure);
      options.onFailure?.(failure);
    },
    crashed: (crash) => options.onCrash?.(crash),
  });
  const { residents } = supervision;
  const engine = createFaultEngine({
    faults: [],
    seed,
    uptimeMs,
    // What lasts for a while is ended by the injection itself.
    callLater: () => {},
    control: {
      addresses: () => [...residents.keys()].sort(),
      crash: crashNow,
      holdDown: supervision.holdDown,
      pause: supervision.pause,
      resume: supervision.resume,
    },
  });

  function tellPlace(asker: PeerId, address: Address, shard: Shard | undefined) {
    const peer = shard?.peer ?? (address === outsideAddress ? mainPeer : nowhere);
    if (peer !== nowhere) shards.connect(asker, peer);
    if (asker === mainPeer) outside.links.located(address, peer);
    else shards.get(asker)?.control.located(address, peer);
  }

  /** What a shard tells, as Comlink finds it: all methods return nothing and never throw. */
  function directorOf({ peer }: Shard): Director {
    return {
      started: supervision.started,
      exited: supervision.exited,
      spawn(parentAddress, incarnation, spec) {
        const parent = residents.get(parentAddress);
        if (parent?.shard && parent.incarnation === incarnation) spawnChild(parent, spec);
      },
      stop(address) {
        const resident = residents.get(address);
        if (resident) void supervision.stop(resident);
      },
      monitor: supervision.monitor,
      demonitor: supervision.demonitor,
      locate: (address) => supervision.locate(peer, address),
      log: (address, text) => options.onLog?.(address, text),
    };
  }

  /** A child that cannot be started is its parent's mistake. */
  function spawnChild(parent: Resident, spec: ChildSpec) {
    const leaving = residents.get(`${parent.address}/${spec.name}`);
    const { incarnation } = parent;
    if (leaving?.isStopping) {
      void leaving.over.promise.then(() => {
        if (parent.shard && parent.incarnation === incarnation) spawnChild(parent, spec);
      });
      return;
    }
    try {
      supervision.spawn(spec, parent, parent.permissions);
    } catch (error) {
      supervision.crash(parent, (error as Error).message);
    }
  }

  function crashNow(address: Address, reason: string) {
    const resident = residents.get(address);
    if (resident) supervision.crash(resident, reason);
  }

  /** Takes over what a worker that is no longer needed has counted, and ends it. */
  async function retire(shard: Shard) {
    const letters = await shard.ask((control) => control.farewell());
    if (letters && letters.count > 0) retired.push(letters);
    await shard.terminate();
  }

  async function spawn(spec: ChildSpec): Promise<Address> {
    if (isClosed) throw new Error(`Cannot start actor "${spec.name}": the host is closed`);
    const resident = supervision.spawn(spec, undefined, allPermissions);
    await resident.settled.promise;
    if (resident.refusal) throw resident.refusal;
    return resident.address;
  }

  async function inspect(address: Address): Promise<ActorReport | undefined> {
    const resident = residents.get(address);
    if (!resident) return undefined;
    const { shard, incarnation, state, definition, lastEnd } = resident;
    const report = await shard?.ask((control) => control.inspect(address));
    const past = lastEnd === undefined ? {} : { lastEnd };
    return { address, kind: definition.kind, state, incarnation, phase: "", waiting: 0, ...past, ...report };
  }

  async function inject(fault: FaultAction): Promise<() => Promise<void>> {
    const id = ++faultIds;
    const { forMs, ...lasting } = fault;
    const endHere = engine.begin(lasting);
    activeFaults.set(id, lasting);
    await Promise.all(shards.all().map((shard) => shard.ask((control) => control.beginFault(id, lasting))));
    let timer: NodeJS.Timeout | undefined;
    const end = async () => {
      clearTimeout(timer);
      if (!activeFaults.delete(id)) return;
      await Promise.all(shards.all().map((shard) => shard.ask((control) => control.endFault(id))));
      endHere();
    };
    if (forMs !== undefined) timer = setTimeout(end, forMs);
    if (isClosed) clearTimeout(timer);
    return end;
  }

  async function deadLetters(): Promise<DeadLetters> {
    const answers = await Promise.all(shards.all().map((shard) => shard.ask((control) => control.deadLetters())));
    const all = [...retired, ...answers.flatMap((each) => each ?? []), { count: lostCount, last: lost }];
    const last = all.flatMap((each) => each.last).slice(-deadLettersMax);
    return { count: all.reduce((sum, each) => sum + each.count, 0), last };
  }

  async function close() {
    isClosed = true;
    const roots = [...residents.values()].filter(({ parent }) => parent === "");
    for (const root of roots.reverse()) await supervision.stop(root);
    outside.close();
    await shards.close();
  }

  return {
    name,
    spawn,
    async stop(address) {
      const resident = residents.get(address);
      if (resident) await supervision.stop(resident);
    },
    send: outside.send,
    ask: outside.ask,
    inspect,
    addresses: () => [...residents.keys()].sort(),
    crash: async (address, reason) => crashNow(address, reason),
    inject,
    deadLetters,
    failures: () => failures,
    async journalOf(address) {
      return await residents.get(address)?.shard?.ask((control) => control.journalOf(address));
    },
    async terminate(address) {
      await residents.get(address)?.shard?.terminate();
    },
    async stats(options) {
      const answers = await Promise.all(shards.all().map((shard) => shard.ask((control) => control.stats(options))));
      return answers.flatMap((each) => each ?? []);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
