import type { Address } from "../core/actor.ts";
import type { Life, Order, TreeEvent } from "./orders.ts";
import { type Exit, judgeExit } from "./restarts.ts";
import { addMember, addressOf, childrenOf, type Member, removeMember, type Tree } from "./tree.ts";

/** One event's worth of supervision. */
interface Deciding {
  readonly tree: Tree;
  readonly orders: Order[];
  readonly uptimeMs: number;
}

type EventOf<Kind extends TreeEvent["kind"]> = Extract<TreeEvent, { readonly kind: Kind }>;

const shutdownMsDefault = 5_000;

/**
 * Supervises all actors of a host: takes one event into the tree and says what the host is to do about it. No host
 * knows when to restart, in which order to stop, or whom to tell. Events about lives that are over change nothing, so
 * that news may come late or twice.
 *
 * @throws Error when a root cannot be started; a child that cannot be is its parent's crash
 */
export function supervise(tree: Tree, event: TreeEvent, uptimeMs: number): readonly Order[] {
  const deciding: Deciding = { tree, orders: [], uptimeMs };
  take(deciding, event);
  return deciding.orders;
}

function take(deciding: Deciding, event: TreeEvent) {
  switch (event.kind) {
    case "spawn":
      return spawn(deciding, event);
    case "ready":
      return ready(deciding, event);
    case "refused":
      return refused(deciding, event);
    case "begun":
      return begun(deciding, event);
    case "ended":
      return ended(deciding, event);
    case "crash":
      return crash(deciding, event);
    case "stop":
      return stop(deciding, deciding.tree.members.get(event.address));
    case "overdue":
      return overdue(deciding, event);
    case "monitor":
      return monitor(deciding, event);
    case "demonitor":
      return void deciding.tree.members.get(event.watched)?.monitors.delete(event.watcher);
    case "hold":
    case "release":
      return hold(deciding, event);
    case "pause":
    case "resume":
      return pause(deciding, event);
  }
}

// ---- Beginning

function spawn(deciding: Deciding, { spec, by }: EventOf<"spawn">): void {
  const { tree, orders } = deciding;
  const parent = by && living(tree, by);
  if (by && !parent) return;
  const leaving = parent && tree.members.get(addressOf(spec, parent));
  if (leaving?.stopping) return void leaving.successors.push(spec);
  try {
    const { address, incarnation } = addMember(tree, spec, parent);
    orders.push({ kind: "admit", address, incarnation });
  } catch (error) {
    if (!parent) throw error;
    endLife(deciding, parent, { exit: { crashed: true, reason: (error as Error).message }, isByOrder: true });
  }
}

/** The member at an address, if that very life of it is under way. */
function living({ members }: Tree, { address, incarnation }: Life): Member | undefined {
  const member = members.get(address);
  return member?.isLive && member.incarnation === incarnation ? member : undefined;
}

/** The member at an address, if that life of it has yet to begin. */
function waiting({ members }: Tree, { address, incarnation }: Life): Member | undefined {
  const member = members.get(address);
  return member && !member.isLive && member.incarnation === incarnation ? member : undefined;
}

function ready(deciding: Deciding, life: EventOf<"ready">): void {
  const member = waiting(deciding.tree, life);
  if (!member) return;
  member.isReady = true;
  if (!member.isHeldDown) begin(deciding, member);
}

function begin({ orders }: Deciding, member: Member): void {
  const { address, incarnation } = member;
  member.isLive = true;
  member.state = "starting";
  orders.push({ kind: "begin", address, incarnation });
}

function begun({ tree }: Deciding, life: EventOf<"begun">): void {
  const member = living(tree, life);
  if (member?.state === "starting") member.state = "running";
}

function refused(deciding: Deciding, { reason, ...life }: EventOf<"refused">): void {
  const member = waiting(deciding.tree, life);
  if (!member) return;
  remove(deciding, member);
  crash(deciding, { kind: "crash", address: member.parent, reason });
}

// ---- Ending

function ended(deciding: Deciding, { exit, ...life }: EventOf<"ended">): void {
  const member = living(deciding.tree, life);
  if (member) endLife(deciding, member, { exit, isByOrder: false });
}

function crash(deciding: Deciding, { address, reason }: EventOf<"crash">): void {
  const member = deciding.tree.members.get(address);
  if (member?.isLive) endLife(deciding, member, { exit: { crashed: true, reason }, isByOrder: true });
}

/** How a life ends, and whether it still runs and is to be ended. */
interface Ending {
  readonly exit: Exit;
  readonly isByOrder: boolean;
}

/** One life is over: whoever waits for it learns so, and its supervisor decides what follows. */
function endLife(deciding: Deciding, member: Member, ending: Ending): void {
  const { tree, orders, uptimeMs } = deciding;
  const { address, stopping } = member;
  const { crashed, reason, trace = reason } = ending.exit;
  member.isLive = false;
  for (const child of childrenOf(tree, member)) vanish(deciding, child);
  leave(deciding, member, ending);
  const verdict = stopping ? ({ action: "leave" } as const) : judgeExit(member, ending.exit, uptimeMs);
  const restarting = verdict.action === "restart";
  if (crashed && !stopping) orders.push({ kind: "reportCrash", address, reason: trace, restarting });
  tell(deciding, member.parent, { type: "child.exited", address, reason, restarting });
  if (verdict.action === "restart") {
    member.state = "restarting";
    orders.push({ kind: "restart", address, incarnation: member.incarnation, afterMs: verdict.afterMs });
    return;
  }
  remove(deciding, member);
  if (verdict.action === "escalate") escalate(deciding, member, verdict.reason);
}

/** A child whose parent's life is over goes with it: the parent's next life starts its own. */
function vanish(deciding: Deciding, member: Member): void {
  member.isLive = false;
  for (const child of childrenOf(deciding.tree, member)) vanish(deciding, child);
  leave(deciding, member, { exit: { crashed: true, reason: "its parent is gone" }, isByOrder: true });
  remove(deciding, member);
}

function leave(deciding: Deciding, member: Member, { exit, isByOrder }: Ending): void {
  const { address, monitors } = member;
  deciding.orders.push({ kind: "leave", address, incarnation: member.incarnation, exit, isByOrder });
  member.incarnation++;
  member.lastEnd = exit.trace ?? exit.reason;
  for (const watcher of monitors) tell(deciding, watcher, { type: "down", address });
  monitors.clear();
}

function remove(deciding: Deciding, member: Member): void {
  const { tree, orders } = deciding;
  removeMember(tree, member);
  orders.push({ kind: "remove", address: member.address });
  const parent = tree.members.get(member.parent);
  if (!parent?.isLive) return;
  const by = { address: parent.address, incarnation: parent.incarnation };
  for (const spec of member.successors) spawn(deciding, { kind: "spawn", spec, by });
  if (member.stopping && parent.stopping === "its children") stopNext(deciding, parent);
}

function escalate(deciding: Deciding, { address, parent }: Member, reason: string): void {
  if (parent === "") deciding.orders.push({ kind: "giveUp", address, reason });
  else crash(deciding, { kind: "crash", address: parent, reason });
}

// ---- Stopping

function stop(deciding: Deciding, member: Member | undefined): void {
  if (!member || member.stopping) return;
  member.stopping = "its children";
  stopNext(deciding, member);
}

/** Children go first, one after the other, the last one started before the others. */
function stopNext(deciding: Deciding, member: Member) {
  const [child] = childrenOf(deciding.tree, member);
  if (child) return stop(deciding, child);
  if (!member.isLive) return endLife(deciding, member, { exit: stopped, isByOrder: false });
  const { address, incarnation, spec } = member;
  pause(deciding, { kind: "resume", address });
  member.stopping = "itself";
  deciding.orders.push({ kind: "askToStop", address, incarnation, withinMs: spec.shutdownMs ?? shutdownMsDefault });
}

const stopped: Exit = { crashed: false, reason: "stopped" };

function overdue(deciding: Deciding, life: EventOf<"overdue">): void {
  const member = living(deciding.tree, life);
  if (member?.stopping === "itself") endLife(deciding, member, { exit: stopped, isByOrder: true });
}

// ---- News and faults

function tell({ orders }: Deciding, to: Address, event: Extract<Order, { readonly kind: "tell" }>["event"]): void {
  if (to !== "") orders.push({ kind: "tell", to, event });
}

function monitor(deciding: Deciding, { watcher, watched }: EventOf<"monitor" | "demonitor">): void {
  const member = deciding.tree.members.get(watched);
  if (member && (member.isLive || member.state === "starting")) member.monitors.add(watcher);
  else tell(deciding, watcher, { type: "down", address: watched });
}

/** Who is let go begins at once: its backoff was over while it was held, or is no longer worth waiting for. */
function hold(deciding: Deciding, { kind, address }: EventOf<"hold" | "release" | "pause" | "resume">): void {
  const member = deciding.tree.members.get(address);
  if (!member) return;
  member.isHeldDown = kind === "hold";
  if (!member.isHeldDown && !member.isLive && member.isReady) begin(deciding, member);
}

function pause({ tree, orders }: Deciding, { kind, address }: EventOf<"hold" | "release" | "pause" | "resume">): void {
  const member = tree.members.get(address);
  const [before, after] = kind === "pause" ? (["running", "paused"] as const) : (["paused", "running"] as const);
  if (member?.state !== before) return;
  member.state = after;
  orders.push({ kind: kind === "pause" ? "pause" : "resume", address });
}
