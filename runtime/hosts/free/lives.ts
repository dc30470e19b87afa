import { mapStack } from "../../build/stack_map.ts";
import type { Address } from "../../core/actor.ts";
import type { Life, Order, TreeEvent } from "../../supervision/orders.ts";
import type { Exit } from "../../supervision/restarts.ts";
import { supervise } from "../../supervision/supervise.ts";
import { createTree, type Tree } from "../../supervision/tree.ts";
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
  /** Whether an actor's worker is its alone: then ending its life is ending the worker. */
  isDedicated(resident: Resident): boolean;
}

/** What the lives of a free-running host need of the host. */
export interface LivesOptions {
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

/** The lives of a free-running host, in its workers: what the supervisors order is done here. */
export interface Lives {
  readonly residents: ReadonlyMap<Address, Resident>;
  /**
   * Tells the supervisors, and does what they order.
   *
   * @throws Error when a root cannot be started: see `Host.spawn`
   */
  take(event: TreeEvent): void;
  /** A worker is gone, and all that lived in it. */
  shardExited(shard: Shard, reason: string): void;
  /** A thread asks where an actor lives. */
  locate(asker: PeerId, address: Address): void;
}

/** What orders are carried out with. */
interface Ground extends LivesOptions {
  readonly tree: Tree;
  readonly residents: Map<Address, Resident>;
  take(event: TreeEvent): void;
}

/** Makes the lives' side of a host; nobody lives in it yet. */
export function createLives(options: LivesOptions): Lives {
  const tree = createTree(options.cast.actors);
  const residents = new Map<Address, Resident>();
  const ground: Ground = { ...options, tree, residents, take };

  function take(event: TreeEvent) {
    for (const order of supervise(tree, readable(event), options.uptimeMs())) obey(ground, order);
    if (event.kind === "begun") tellBegun(ground, event);
  }

  return {
    residents,
    take,
    shardExited(shard, reason) {
      // Parents before children: a child whose parent was in the same worker goes with it.
      const lost = [...residents.values()].filter((resident) => resident.shard === shard);
      for (const { address, member } of lost.sort((a, b) => a.address.length - b.address.length)) {
        take({ kind: "ended", address, incarnation: member.incarnation, exit: { crashed: true, reason } });
      }
    },
    locate(asker, address) {
      const resident = residents.get(address);
      if (resident?.member.state === "starting") return void resident.awaitedBy.add(asker);
      if (resident?.shard) resident.knownBy.add(asker);
      options.tellPlace(asker, address, resident?.shard);
    },
  };
}

/** Stacks come from bundles: they are told as they are in the sources. */
function readable(event: TreeEvent): TreeEvent {
  if (event.kind !== "ended" || event.exit.trace === undefined) return event;
  return { ...event, exit: { ...event.exit, trace: mapStack(event.exit.trace) } };
}

function obey(ground: Ground, order: Order) {
  switch (order.kind) {
    case "admit":
      return admit(ground, order);
    case "tell":
      return ground.residents.get(order.to)?.shard?.control.notify(order.to, order.event);
    case "giveUp":
      return ground.failed({ address: order.address, reason: order.reason });
    case "reportCrash":
      return ground.crashed({ address: order.address, reason: order.reason, restarting: order.restarting });
    default:
      return obeyFor(ground, ground.residents.get(order.address), order);
  }
}

type OrderForResident = Exclude<Order, { readonly kind: "admit" | "tell" | "giveUp" | "reportCrash" }>;

function obeyFor(ground: Ground, resident: Resident | undefined, order: OrderForResident) {
  if (!resident) return;
  switch (order.kind) {
    case "restart":
      return later(resident, order.afterMs, () => ground.take({ ...lifeOf(order), kind: "ready" }));
    case "begin":
      return begin(ground, resident, order);
    case "askToStop":
      return askToStop(ground, resident, order);
    case "leave":
      return leave(ground, resident, order);
    case "pause":
      return resident.shard?.control.pause(order.address);
    case "resume":
      return resident.shard?.control.resume(order.address);
    case "remove":
      return remove(ground, resident);
  }
}

function lifeOf({ address, incarnation }: Life): Life {
  return { address, incarnation };
}

function later(resident: Resident, delayMs: number, body: () => void): void {
  clearTimeout(resident.timer);
  resident.timer = setTimeout(body, delayMs);
}

// ---- Beginning

function admit(ground: Ground, life: Life): void {
  const member = ground.tree.members.get(life.address);
  if (!member) return;
  const resident = createResident(member);
  ground.residents.set(life.address, resident);
  ground.checkModule(resident).then(
    () => ground.take({ ...lifeOf(life), kind: "ready" }),
    (error: Error) => {
      resident.refusal = error;
      ground.take({ ...lifeOf(life), kind: "refused", reason: error.message });
    },
  );
}

function begin(ground: Ground, resident: Resident, life: Life): void {
  if (resident.leaving) {
    // Two lives at once would write to one disk.
    void resident.leaving.then(() => begin(ground, resident, life));
    resident.leaving = undefined;
    return;
  }
  const { member } = resident;
  if (!member.isLive || member.incarnation !== life.incarnation) return;
  clearTimeout(resident.timer);
  const { parent, spec, permissions } = member;
  const shard = ground.placement.place(resident);
  resident.shard = shard;
  shard.control.start({ ...lifeOf(life), parent, kind: spec.kind, input: spec.input, permissions });
}

function tellBegun({ residents, tellPlace }: Ground, { address, incarnation }: Life): void {
  const resident = residents.get(address);
  if (!resident?.member.isLive || resident.member.incarnation !== incarnation) return;
  const { awaitedBy, knownBy, shard, settled } = resident;
  for (const asker of awaitedBy) {
    knownBy.add(asker);
    tellPlace(asker, address, shard);
  }
  awaitedBy.clear();
  settled.resolve();
}

// ---- Ending

function askToStop(ground: Ground, resident: Resident, order: Extract<Order, { readonly kind: "askToStop" }>) {
  const { address, incarnation, withinMs } = order;
  const { shard } = resident;
  // Who waits for a worker that waits for its turn has nothing to do before it goes.
  if (!shard?.hasBegun()) {
    const exit = { crashed: false, reason: "stopped" };
    // Others may wait with it: it was told to begin with them.
    shard?.control.kill(address, incarnation, exit);
    return ground.take({ ...lifeOf(order), kind: "ended", exit });
  }
  shard.control.stop(address, incarnation);
  later(resident, withinMs, () => ground.take({ ...lifeOf(order), kind: "overdue" }));
}

function leave(ground: Ground, resident: Resident, order: Extract<Order, { readonly kind: "leave" }>): void {
  const { shard } = resident;
  clearTimeout(resident.timer);
  resident.shard = undefined;
  const isDedicated = ground.placement.isDedicated(resident);
  if (shard && order.isByOrder) kill(shard, order, isDedicated);
  if (shard && isDedicated) resident.leaving = ground.retire(shard);
  tellGone(ground, resident);
  resident.settled.resolve();
}

/** Ends a life where it lives; the news of it that comes back is of a life already over. */
function kill(
  shard: Shard,
  { address, incarnation, exit }: Life & { readonly exit: Exit },
  isDedicated: boolean,
): void {
  if (isDedicated) void shard.terminate();
  else shard.control.kill(address, incarnation, exit);
}

function tellGone(ground: Ground, { address, knownBy, awaitedBy }: Resident): void {
  for (const peer of knownBy) {
    if (peer === mainPeer) ground.gone(address);
    else ground.shardOf(peer)?.control.gone(address);
  }
  for (const asker of awaitedBy) ground.tellPlace(asker, address, undefined);
  for (const each of [knownBy, awaitedBy]) each.clear();
}

function remove({ residents, placement }: Ground, { address, settled, over }: Resident): void {
  placement.leave?.(address);
  residents.delete(address);
  settled.resolve();
  over.resolve();
}
