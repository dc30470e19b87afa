import { mapStack } from "../../build/stack_map.ts";
import type { ActorEvent, Address } from "../../core/actor.ts";
import { inherit, ownPermissions, type Permissions } from "../../core/permissions.ts";
import { type ChildSpec, type Exit, superviseExit } from "../../supervision/supervisor.ts";
import type { CrashReport, HostFailure } from "../host.ts";
import type { FreeCast } from "./free_cast.ts";
import { createResident, type Resident } from "./resident.ts";
import type { Shard } from "./shards.ts";
import { mainPeer, type PeerId } from "./wire.ts";

/** Which worker an actor lives in. */
export interface Placement {
  place(resident: Resident): Shard;
  /** That actor is gone for good. */
  leave?(address: Address): void;
  /** Whether a worker is one actor's alone: then ending a life is ending the worker. */
  readonly isDedicated: boolean;
}

/** What the supervision of a free-running host needs of the host. */
export interface SupervisionOptions {
  readonly cast: FreeCast;
  readonly placement: Placement;
  /** The worker, or undefined when it is gone. */
  shardOf(peer: PeerId): Shard | undefined;
  uptimeMs(): number;
  /** A worker that was one actor's is no longer needed; resolves when it is gone. */
  retire(shard: Shard): Promise<void>;
  /** Refuses a module that reaches what its permissions do not cover. */
  checkModule(resident: Resident): Promise<void>;
  /** An actor is gone or has moved, for the main thread's own links and asks. */
  gone(address: Address): void;
  /** A thread learns where an actor lives: it has a port there from now on. */
  tellPlace(asker: PeerId, address: Address, shard: Shard | undefined): void;
  failed(failure: HostFailure): void;
  /** A life ended as a crash does. */
  crashed(crash: CrashReport): void;
}

/** The actors of a free-running host as a tree: who lives where, who is restarted, who goes with whom. */
export interface Supervision {
  readonly residents: ReadonlyMap<Address, Resident>;
  /** @throws Error when it cannot be started: see `Host.spawn` */
  spawn(spec: ChildSpec, parent: Resident | undefined, granted: Permissions): Resident;
  stop(resident: Resident): Promise<void>;
  crash(resident: Resident, reason: string): void;
  started(address: Address, incarnation: number): void;
  exited(address: Address, incarnation: number, exit: Exit): void;
  shardExited(shard: Shard, reason: string): void;
  monitor(watcher: Address, watched: Address): void;
  demonitor(watcher: Address, watched: Address): void;
  locate(asker: PeerId, address: Address): void;
  holdDown(address: Address, held: boolean): void;
  pause(address: Address): void;
  resume(address: Address): void;
}

const shutdownMsDefault = 5_000;

/** Makes the supervision of a host; nobody lives in it yet. */
export function createSupervision(options: SupervisionOptions): Supervision {
  const { cast, placement, uptimeMs } = options;
  const residents = new Map<Address, Resident>();
  /** How many lives were led at addresses where nobody lives now: whoever comes there next goes on counting. */
  const livesLed = new Map<Address, number>();
  const definitions = new Map(cast.actors.map((definition) => [definition.kind, definition]));

  // ---- Beginning

  function spawn(spec: ChildSpec, parent: Resident | undefined, granted: Permissions): Resident {
    const address = parent ? `${parent.address}/${spec.name}` : spec.name;
    if (residents.has(address)) throw new Error(`Cannot start actor "${address}": its address is taken`);
    const definition = definitions.get(spec.kind);
    if (!definition) throw new Error(`Cannot start actor "${address}": the cast has no actor of kind "${spec.kind}"`);
    const asked = ownPermissions(spec.permissions ?? definition.permissions, address);
    const permissions = inherit(granted, asked, address);
    const incarnation = livesLed.get(address) ?? 0;
    const from = { parent: parent?.address ?? "", spec, definition, permissions, incarnation };
    const resident = createResident(address, from);
    residents.set(address, resident);
    parent?.children.add(address);
    options.checkModule(resident).then(
      () => begin(resident),
      (error: Error) => refuse(resident, error),
    );
    return resident;
  }

  function refuse(resident: Resident, error: Error) {
    if (residents.get(resident.address) !== resident) return;
    resident.refusal = error;
    remove(resident);
    const parent = residents.get(resident.parent);
    if (parent) crash(parent, error.message);
  }

  function begin(resident: Resident) {
    resident.timer = undefined;
    const { address, parent, spec, permissions, incarnation, isHeldDown } = resident;
    if (residents.get(address) !== resident || resident.shard || isHeldDown) return;
    if (resident.leaving) {
      // Two lives at once would write to one disk.
      void resident.leaving.then(() => begin(resident));
      resident.leaving = undefined;
      return;
    }
    resident.state = "starting";
    const shard = placement.place(resident);
    resident.shard = shard;
    shard.control.start({ address, parent, kind: spec.kind, input: spec.input, incarnation, permissions });
    if (resident.isStopping) askToStop(resident);
  }

  function started(address: Address, incarnation: number) {
    const resident = living(address, incarnation);
    if (!resident) return;
    if (resident.state === "starting") resident.state = "running";
    for (const asker of resident.awaitedBy) {
      resident.knownBy.add(asker);
      options.tellPlace(asker, address, resident.shard);
    }
    resident.awaitedBy.clear();
    resident.settled.resolve();
  }

  function living(address: Address, incarnation: number): Resident | undefined {
    const resident = residents.get(address);
    return resident?.shard && resident.incarnation === incarnation ? resident : undefined;
  }

  // ---- Ending

  function exited(address: Address, incarnation: number, exit: Exit) {
    const resident = living(address, incarnation);
    if (resident) lifeEnded(resident, { crashed: exit.crashed, reason: mapStack(exit.reason) });
  }

  function shardExited(shard: Shard, reason: string) {
    // Parents before children: a child whose parent was in the same worker goes with it.
    const lost = [...residents.values()].filter((resident) => resident.shard === shard);
    for (const resident of lost.sort((a, b) => a.address.length - b.address.length)) {
      if (resident.shard === shard) lifeEnded(resident, { crashed: true, reason });
    }
  }

  function crash(resident: Resident, reason: string) {
    if (!resident.shard) return;
    kill(resident, { crashed: true, reason });
    lifeEnded(resident, { crashed: true, reason });
  }

  /** Ends a life where it lives; the news of it that comes back is of a life already over. */
  function kill({ shard, address, incarnation }: Resident, exit: Exit) {
    if (placement.isDedicated) void shard?.terminate();
    else shard?.control.kill(address, incarnation, exit);
  }

  function leaveLife(resident: Resident) {
    const { shard } = resident;
    clearTimeout(resident.timer);
    resident.shard = undefined;
    resident.incarnation++;
    if (shard && placement.isDedicated) resident.leaving = options.retire(shard);
    tellGone(resident);
    resident.settled.resolve();
  }

  function tellGone({ address, monitors, knownBy, awaitedBy }: Resident) {
    const watchersOf = new Map<PeerId, Address[]>([...knownBy].map((peer) => [peer, []]));
    for (const watcher of monitors) {
      const peer = residents.get(watcher)?.shard?.peer;
      if (peer !== undefined) watchersOf.set(peer, [...(watchersOf.get(peer) ?? []), watcher]);
    }
    for (const [peer, watchers] of watchersOf) {
      if (peer === mainPeer) options.gone(address);
      else options.shardOf(peer)?.control.gone(address, watchers);
    }
    for (const asker of awaitedBy) options.tellPlace(asker, address, undefined);
    for (const each of [monitors, knownBy, awaitedBy]) each.clear();
  }

  /** One life is over: whoever waits for it learns so, and its supervisor decides. */
  function lifeEnded(resident: Resident, exit: Exit) {
    for (const child of childrenOf(resident)) vanish(child);
    leaveLife(resident);
    resident.lastEnd = exit.reason;
    const { spec, address, history } = resident;
    const verdict = resident.isStopping
      ? ({ action: "leave" } as const)
      : superviseExit({ spec, address }, exit, { history, uptimeMs: uptimeMs() });
    const restarting = verdict.action === "restart";
    if (exit.crashed && !resident.isStopping) options.crashed({ address, reason: exit.reason, restarting });
    notify(resident.parent, { type: "child.exited", address, reason: exit.reason, restarting });
    if (verdict.action === "restart") {
      resident.state = "restarting";
      resident.timer = setTimeout(() => begin(resident), verdict.afterMs);
      return;
    }
    remove(resident);
    if (verdict.action === "escalate") escalate(resident, verdict.reason);
  }

  function escalate(resident: Resident, reason: string) {
    const parent = residents.get(resident.parent);
    if (parent) crash(parent, reason);
    else options.failed({ address: resident.address, reason });
  }

  /** A child whose parent is gone goes with it: the parent's next life starts its own. */
  function vanish(resident: Resident) {
    for (const child of childrenOf(resident)) vanish(child);
    kill(resident, { crashed: true, reason: "its parent is gone" });
    leaveLife(resident);
    remove(resident);
  }

  function remove(resident: Resident) {
    resident.state = "ended";
    placement.leave?.(resident.address);
    residents.delete(resident.address);
    livesLed.set(resident.address, resident.incarnation);
    residents.get(resident.parent)?.children.delete(resident.address);
    resident.settled.resolve();
    resident.over.resolve();
  }

  function childrenOf({ children }: Resident): Resident[] {
    return [...children].reverse().flatMap((address) => residents.get(address) ?? []);
  }

  async function stop(resident: Resident): Promise<void> {
    if (!resident.isStopping) {
      resident.isStopping = true;
      for (const child of childrenOf(resident)) await stop(child);
      if (resident.shard) askToStop(resident);
      else if (resident.state !== "ended") lifeEnded(resident, { crashed: false, reason: "stopped" });
    }
    await resident.over.promise;
  }

  function askToStop(resident: Resident) {
    const { shard, address, incarnation, spec } = resident;
    shard?.control.stop(address, incarnation);
    resident.timer = setTimeout(() => {
      if (!resident.shard) return;
      const exit = { crashed: false, reason: "stopped" };
      kill(resident, exit);
      lifeEnded(resident, exit);
    }, spec.shutdownMs ?? shutdownMsDefault);
  }

  // ---- News

  function notify(to: Address, event: ActorEvent) {
    residents.get(to)?.shard?.control.notify(to, event);
  }

  return {
    residents,
    spawn,
    stop,
    crash,
    started,
    exited,
    shardExited,
    monitor(watcher, watched) {
      const target = residents.get(watched);
      if (target?.shard || target?.state === "starting") target.monitors.add(watcher);
      else notify(watcher, { type: "down", address: watched });
    },
    demonitor: (watcher, watched) => void residents.get(watched)?.monitors.delete(watcher),
    locate(asker, address) {
      const resident = residents.get(address);
      if (resident?.state === "starting") {
        resident.awaitedBy.add(asker);
        return;
      }
      if (resident?.shard) resident.knownBy.add(asker);
      options.tellPlace(asker, address, resident?.shard);
    },
    holdDown(address, held) {
      const resident = residents.get(address);
      if (!resident) return;
      resident.isHeldDown = held;
      if (!held && !resident.shard && !resident.timer) begin(resident);
    },
    pause(address) {
      const resident = residents.get(address);
      if (resident?.state !== "running") return;
      resident.state = "paused";
      resident.shard?.control.pause(address);
    },
    resume(address) {
      const resident = residents.get(address);
      if (resident?.state !== "paused") return;
      resident.state = "running";
      resident.shard?.control.resume(address);
    },
  };
}
