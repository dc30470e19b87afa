import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { type Endpoint, expose, transfer, wrap } from "comlink";
import { projectRoot } from "../../build/source_files.ts";
import { mapStack } from "../../build/stack_map.ts";
import type { ActorCard } from "../../core/actor.ts";
import type { FaultAction } from "../../faults/fault.ts";
import type { Director, ShardBirth, ShardControl } from "./control.ts";
import { createDeferred } from "./deferred.ts";
import type { Links } from "./links.ts";
import { createStartGate, type StartGate } from "./start_gate.ts";
import { mainPeer, type PeerId } from "./wire.ts";

/** A worker as the main thread holds it. */
export interface Shard {
  readonly peer: PeerId;
  /** Orders go in order; what they return are promises in truth: see `ask`. */
  readonly control: ShardControl;
  /** Asks the shard; undefined when it ends before it answers. */
  ask<Result>(question: (control: ShardControl) => Result): Promise<Result | undefined>;
  isAlive(): boolean;
  /** Whether its worker runs, or is starting; before, it waits for its turn, and nothing in it lives. */
  hasBegun(): boolean;
  /** Ends the worker as a kill does; resolves when it is gone. */
  terminate(): Promise<void>;
}

/** What all workers of a host have in common. */
export interface ShardsOptions {
  /** What a worker runs that is to perform such an actor. */
  bundleUrlOf(definition: ActorCard): string;
  readonly seed: number;
  readonly originNs: number;
  readonly settings: unknown;
  readonly journalMax: number;
  readonly isLogged: boolean;
  /** The main thread's own links. */
  readonly mainLinks: () => Links;
  /** What a shard tells, bound to it. */
  directorOf(shard: Shard): Director;
  /** The worker is gone, and all lives in it. */
  exited(shard: Shard, reason: string): void;
  activeFaults(): readonly (readonly [id: number, fault: FaultAction])[];
}

/** The workers of a host, and the ports between them. */
export interface Shards {
  /** A new worker, for such an actor. */
  start(definition: ActorCard, heapMaxMb: number): Shard;
  /** Sees to it that two threads have a port to each other. */
  connect(a: PeerId, b: PeerId): void;
  get(peer: PeerId): Shard | undefined;
  all(): readonly Shard[];
  close(): Promise<void>;
}

const bootUrl = new URL("../../build/worker_boot.cjs", import.meta.url);
const home = pathToFileURL(join(projectRoot, "worker.cjs")).href;
/** Small young generations keep a worker small; most of what an actor allocates dies in the step. */
const youngMaxMb = 8;
/** By then a worker has called most of what each calls that starts. */
const keepsCodeAfterMs = 3_000;

/** Makes the workers' side of a host; none runs yet. */
export function createShards(options: ShardsOptions): Shards {
  const shards = new Map<PeerId, Shard>();
  const connected = new Map<PeerId, Set<PeerId>>();
  const begun = new Set<string>();
  // A worker needs a processor to start: those that began first, store and API servers say, are what others wait for.
  const gate = createStartGate(Math.max(2, availableParallelism()));
  let peers: PeerId = mainPeer;

  function start(definition: ActorCard, heapMaxMb: number): Shard {
    const peer = ++peers;
    const bundle = options.bundleUrlOf(definition);
    const control = new MessageChannel();
    const director = new MessageChannel();
    const birth: ShardBirth = {
      bundle,
      home,
      // One of those that run the same is enough.
      ...(begun.has(bundle) ? {} : { keepsCodeAfterMs }),
      peer,
      seed: options.seed,
      originNs: options.originNs,
      settings: options.settings,
      journalMax: options.journalMax,
      isLogged: options.isLogged,
      faults: options.activeFaults(),
      control: control.port2,
      director: director.port2,
    };
    const begin = () => beginWorker(birth, heapMaxMb);
    const shard = createShard({ gate, begin, peer, controlPort: control.port1 }, (reason) => {
      control.port1.close();
      director.port1.close();
      forget(peer);
      options.exited(shard, reason);
    });
    begun.add(bundle);
    shards.set(peer, shard);
    expose(options.directorOf(shard), director.port1 as unknown as Endpoint);
    return shard;
  }

  function forget(peer: PeerId) {
    shards.delete(peer);
    for (const other of connected.get(peer) ?? []) {
      connected.get(other)?.delete(peer);
      if (other === mainPeer) options.mainLinks().drop(peer);
      else shards.get(other)?.control.drop(peer);
    }
    connected.delete(peer);
  }

  function give(to: PeerId, other: PeerId, port: MessageChannel["port1"]) {
    if (to === mainPeer) options.mainLinks().accept(other, port);
    else shards.get(to)?.control.accept(other, transfer(port, [port as never]));
  }

  return {
    start,
    connect(a, b) {
      const known = connected.get(a) ?? new Set();
      if (a === b || known.has(b)) return;
      connected.set(a, known.add(b));
      connected.set(b, (connected.get(b) ?? new Set()).add(a));
      const { port1, port2 } = new MessageChannel();
      give(a, b, port1);
      give(b, a, port2);
    },
    get: (peer) => shards.get(peer),
    all: () => [...shards.values()],
    close: async () => {
      await Promise.all([...shards.values()].map((shard) => shard.terminate()));
    },
  };
}

function beginWorker(birth: ShardBirth, heapMaxMb: number): Worker {
  return new Worker(bootUrl, {
    workerData: birth,
    transferList: [birth.control, birth.director],
    // Not the main thread's: a TypeScript loader given there has no place in a worker.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMb, maxYoungGenerationSizeMb: youngMaxMb },
    name: `troupe-${birth.peer}`,
  });
}

interface ShardParts {
  readonly gate: StartGate;
  /** Makes its worker; what it is told before waits in its ports. */
  begin(): Worker;
  readonly peer: PeerId;
  readonly controlPort: MessageChannel["port1"];
}

function createShard({ gate, begin, peer, controlPort }: ShardParts, exited: (reason: string) => void): Shard {
  const control = wrap(controlPort as unknown as Endpoint) as unknown as ShardControl;
  let isAlive = true;
  let reason: string | undefined;
  let worker: Worker | undefined;
  const gone = createDeferred<undefined>();

  function end(why: string) {
    isAlive = false;
    gone.resolve(undefined);
    exited(why);
  }

  function watch(started: Worker, begun: () => void) {
    worker = started;
    started.once("online", begun);
    started.once("error", (error: Error & { code?: string }) => {
      const text =
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? `${error.code}: ${error.message}`
          : mapStack(error.stack ?? String(error));
      reason = `Worker failed: ${text}`;
    });
    started.once("exit", (code) => {
      begun();
      end(reason ?? `Worker ended: exit code ${code}`);
    });
  }

  const giveUp = gate.enter((begun) => watch(begin(), begun));
  return {
    peer,
    control,
    ask: (question) => Promise.race([Promise.resolve(question(control)), gone.promise]),
    isAlive: () => isAlive,
    hasBegun: () => worker !== undefined,
    async terminate() {
      if (giveUp()) end("Worker ended: before it had begun");
      if (isAlive) await worker?.terminate();
      await gone.promise;
    },
  };
}
