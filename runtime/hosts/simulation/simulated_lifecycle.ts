import type { Address } from "../../core/actor.ts";
import { startCell } from "../../core/cell.ts";
import { inherit, ownPermissions, type Permissions } from "../../core/permissions.ts";
import { type ChildSpec, superviseExit } from "../../supervision/supervisor.ts";
import { createSimulatedActor, endLife, type SimulatedActor } from "./simulated_actor.ts";
import type { Stage } from "./simulated_stage.ts";

/** Starting, crashing, stopping, pausing: what happens to an actor as a whole. */
export interface Lifecycle {
  /** @throws Error when it cannot be started: see `Host.spawn` */
  spawn(spec: ChildSpec, parent: SimulatedActor | undefined, granted?: Permissions): Address;
  /** As an effect: a child that cannot be started is its parent's crash; one that is stopping is waited for. */
  spawnChild(spec: ChildSpec, parent: SimulatedActor): void;
  crash(actor: SimulatedActor, reason: string): void;
  stop(actor: SimulatedActor): void;
  /** The machine has reached a final state. */
  end(actor: SimulatedActor, reason: string): void;
  monitor(watcher: Address, watched: Address): void;
  holdDown(address: Address, held: boolean): void;
  pause(address: Address): void;
  resume(address: Address): void;
}

const shutdownMsDefault = 5_000;
/** What a process costs to start, beside its back-off. */
const startMs = 1;

/** Makes the lifecycle of one simulation. */
export function createLifecycle(stage: Stage): Lifecycle {
  const { actors, cast } = stage;
  /** How many lives were led at addresses where nobody lives now: whoever comes there next goes on counting. */
  const livesLed = new Map<Address, number>();

  function spawn(spec: ChildSpec, parent: SimulatedActor | undefined, granted?: Permissions): Address {
    const address = parent ? `${parent.address}/${spec.name}` : spec.name;
    if (actors.has(address)) throw new Error(`Cannot start actor "${address}": its address is taken`);
    const definition = cast.actors.find(({ kind }) => kind === spec.kind);
    if (!definition) throw new Error(`Cannot start actor "${address}": the cast has no actor of kind "${spec.kind}"`);
    const asked = ownPermissions(spec.permissions ?? definition.permissions, address);
    const permissions = inherit(granted ?? parent?.permissions ?? {}, asked, address);
    const incarnation = livesLed.get(address) ?? 0;
    const from = { parent: parent?.address ?? "", spec, definition, permissions, incarnation };
    const actor = createSimulatedActor(address, from);
    actors.set(address, actor);
    stage.callLater(startMs, () => start(actor));
    return address;
  }

  function spawnChild(spec: ChildSpec, parent: SimulatedActor) {
    const { incarnation } = parent;
    const leaving = actors.get(`${parent.address}/${spec.name}`);
    if (leaving?.stopping) {
      leaving.afterEnd.push(() => {
        if (parent.cell && parent.incarnation === incarnation) spawnChild(spec, parent);
      });
      return;
    }
    try {
      spawn(spec, parent);
    } catch (error) {
      crash(parent, (error as Error).message);
    }
  }

  function start(actor: SimulatedActor) {
    if (actor.heldDown || actor.state === "ended" || actors.get(actor.address) !== actor || actor.cell) return;
    const { definition, address, parent, spec, incarnation } = actor;
    const [nowMs, uptimeMs] = [stage.wallMs(address), stage.uptimeMs()];
    try {
      const seed = stage.seed;
      actor.cell = startCell({ definition, address, parent, input: spec.input, incarnation, seed, nowMs, uptimeMs });
    } catch (error) {
      return ended(actor, { crashed: true, reason: error instanceof Error ? error.message : String(error) });
    }
    actor.state = "running";
    stage.carryOut(actor, actor.cell.firstEffects);
    if (actor.cell?.machine.ended()) return end(actor, "ended");
    takeWaiting(actor);
  }

  /** What came while it was starting or paused. */
  function takeWaiting(actor: SimulatedActor) {
    for (const delivery of actor.waiting.splice(0)) {
      if (actor.cell) stage.deliver(actor, delivery);
    }
  }

  function childrenOf(address: Address): SimulatedActor[] {
    return [...actors.values()].filter(({ parent }) => parent === address).reverse();
  }

  /** One life is over: whoever waits for it learns so, and its supervisor decides. */
  function ended(actor: SimulatedActor, exit: { crashed: boolean; reason: string }) {
    for (const child of childrenOf(actor.address)) vanish(child);
    leaveLife(actor, exit.crashed);
    actor.lastEnd = exit.reason;
    const { spec, address, history } = actor;
    const verdict = actor.stopping
      ? ({ action: "leave" } as const)
      : superviseExit({ spec, address }, exit, { history, uptimeMs: stage.uptimeMs() });
    const restarting = verdict.action === "restart";
    actor.state = restarting ? "restarting" : "ended";
    stage.notify(address, actor.parent, { type: "child.exited", address, reason: exit.reason, restarting } as never);
    if (restarting) return stage.callLater(startMs + verdict.afterMs, () => start(actor));
    remove(actor);
    if (verdict.action === "escalate") escalate(actor, verdict.reason);
  }

  function escalate(actor: SimulatedActor, reason: string) {
    const parent = actors.get(actor.parent);
    if (parent) crash(parent, reason);
    else stage.failures.push({ address: actor.address, reason });
  }

  function leaveLife(actor: SimulatedActor, crashed: boolean) {
    endLife(actor, crashed);
    actor.incarnation++;
    for (const watcher of actor.monitors) {
      stage.notify(actor.address, watcher, { type: "down", address: actor.address } as never);
    }
    actor.monitors.clear();
    for (const asker of actors.values()) {
      for (const [ask, to] of asker.pending) {
        if (to === actor.address) stage.failAsk(asker.address, { type: "failed", ask, from: to, reason: "down" });
      }
    }
  }

  /** A child whose parent is gone goes with it: the parent's next life starts its own. */
  function vanish(actor: SimulatedActor) {
    for (const child of childrenOf(actor.address)) vanish(child);
    leaveLife(actor, true);
    actor.state = "ended";
    remove(actor);
  }

  function remove(actor: SimulatedActor) {
    actors.delete(actor.address);
    livesLed.set(actor.address, actor.incarnation);
    for (const body of actor.afterEnd.splice(0)) body();
  }

  function crash(actor: SimulatedActor, reason: string) {
    ended(actor, { crashed: true, reason });
  }

  function end(actor: SimulatedActor, reason: string) {
    ended(actor, { crashed: false, reason });
  }

  function stop(actor: SimulatedActor) {
    if (actor.stopping) return;
    actor.stopping = true;
    stopNext(actor);
  }

  /** Children go first, one after the other, the last one started before the others. */
  function stopNext(actor: SimulatedActor) {
    if (actors.get(actor.address) !== actor) return;
    const [child] = childrenOf(actor.address);
    if (!child) return askToStop(actor);
    child.afterEnd.push(() => stopNext(actor));
    stop(child);
  }

  function askToStop(actor: SimulatedActor) {
    if (actor.state === "paused") actor.state = "running";
    const handlesStop = actor.cell?.machine.handles("stop") ?? false;
    const { incarnation } = actor;
    const finish = () => {
      if (actors.get(actor.address) !== actor || actor.incarnation !== incarnation) return;
      end(actor, "stopped");
    };
    if (!handlesStop) return finish();
    stage.callLater(actor.spec.shutdownMs ?? shutdownMsDefault, finish);
    stage.deliver(actor, { from: actor.parent, event: { type: "stop" } });
  }

  return {
    spawn,
    spawnChild,
    crash,
    stop,
    end,
    monitor(watcher, watched) {
      const target = actors.get(watched);
      if (target?.cell || target?.state === "starting") target.monitors.add(watcher);
      else stage.notify(watched, watcher, { type: "down", address: watched } as never);
    },
    holdDown(address, held) {
      const actor = actors.get(address);
      if (!actor) return;
      actor.heldDown = held;
      if (!held && actor.state !== "ended" && !actor.cell) start(actor);
    },
    pause(address) {
      const actor = actors.get(address);
      if (actor?.state === "running") actor.state = "paused";
    },
    resume(address) {
      const actor = actors.get(address);
      if (actor?.state !== "paused") return;
      actor.state = "running";
      takeWaiting(actor);
    },
  };
}
