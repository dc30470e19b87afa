import { setup } from "xstate";
import { type ActorDefinition, defineActor } from "../../../runtime/core/actor.ts";
import type { ChildSpec } from "../../../runtime/supervision/child_spec.ts";
import type { Life, Order, TreeEvent } from "../../../runtime/supervision/orders.ts";
import { supervise } from "../../../runtime/supervision/supervise.ts";
import { createTree, type Tree } from "../../../runtime/supervision/tree.ts";

/** What the tests' trees are made of: it does nothing, and may do nothing. */
export const extra: ActorDefinition = defineActor({
  kind: "extra",
  module: import.meta.url,
  machine: setup({}).createMachine({}),
});

/**
 * Plays a transcript and writes it anew: a line for each event, and below it, indented, what is ordered. A life is
 * written `ADDRESS#INCARNATION`. So that a test shows what the supervisors do, and compares it to the letter.
 *
 * - `spawn till by shop#0 transient restartsMax=2`, `ready shop#0`, `begun shop#0`, `ended shop#0 crashed: why`,
 *   `ended shop#0 well: why`, `crash shop: why`, `refused shop#0: why`
 * - `stop shop`, `overdue shop#0`, `hold shop`, `release shop`, `pause shop`, `resume shop`, `monitor till by shop`
 * - `pass 50`: milliseconds
 */
export function playTranscript(script: string): string {
  const tree = createTree([extra]);
  let uptimeMs = 0;
  const written: string[] = [];
  for (const line of script.split("\n").filter((each) => /^\w/.test(each))) {
    written.push(line);
    const passed = /^pass (\d+)$/.exec(line)?.[1];
    if (passed !== undefined) uptimeMs += Number(passed);
    else written.push(...ordersOf(tree, line, uptimeMs).map((order) => `  ${order}`));
  }
  return written.join("\n");
}

function ordersOf(tree: Tree, line: string, uptimeMs: number): string[] {
  try {
    return supervise(tree, eventOf(line), uptimeMs).map(orderText);
  } catch (error) {
    return [`error: ${(error as Error).message}`];
  }
}

function eventOf(line: string): TreeEvent {
  const [, kind = "", subject = "", rest = ""] = /^(\w+) ([\w/#]+):? ?(.*)$/.exec(line) ?? [];
  switch (kind) {
    case "spawn":
      return spawnOf(subject, rest);
    case "ready":
    case "begun":
    case "overdue":
      return { kind, ...lifeOf(subject) };
    case "refused":
      return { kind, ...lifeOf(subject), reason: rest };
    case "ended": {
      const [, how, reason = ""] = /^(crashed|well): (.*)$/.exec(rest) ?? [];
      return { kind, ...lifeOf(subject), exit: { crashed: how === "crashed", reason } };
    }
    case "crash":
      return { kind, address: subject, reason: rest };
    case "monitor":
    case "demonitor":
      return { kind, watched: subject, watcher: rest.replace(/^by /, "") };
    default:
      return { kind: kind as "stop", address: subject };
  }
}

function spawnOf(name: string, rest: string): TreeEvent {
  const [, by, terms = ""] = /^(?:by (\S+))? ?(.*)$/.exec(rest) ?? [];
  const numbers = [...terms.matchAll(/(\w+)=(\d+)/g)].map(([, key = "", value]) => [key, Number(value)]);
  const restart = /\b(permanent|transient|temporary)\b/.exec(terms)?.[1] as ChildSpec["restart"];
  const kind = /\bunknown\b/.test(terms) ? "unknown" : "extra";
  const spec: ChildSpec = {
    name,
    kind,
    input: {},
    ...(restart ? { restart } : {}),
    ...(Object.fromEntries(numbers) as Partial<ChildSpec>),
  };
  return by ? { kind: "spawn", spec, by: lifeOf(by) } : { kind: "spawn", spec };
}

function lifeOf(text: string): Life {
  const [address = "", incarnation] = text.split("#");
  return { address, incarnation: Number(incarnation) };
}

/** An order as a transcript has it. */
export function orderText(order: Order): string {
  const life = "incarnation" in order ? `${order.address}#${order.incarnation}` : "";
  switch (order.kind) {
    case "restart":
      return `restart ${life} after ${order.afterMs} ms`;
    case "askToStop":
      return `ask ${life} to stop within ${order.withinMs} ms`;
    case "leave":
      return `${order.isByOrder ? "end" : "leave"} ${life}: ${order.exit.reason}`;
    case "tell": {
      const { event } = order;
      const how = event.type === "down" ? "is down" : event.restarting ? "exited, restarting" : "exited for good";
      return `tell ${order.to}: ${event.address} ${how}`;
    }
    case "reportCrash":
      return `report that ${order.address} has crashed: ${order.reason}`;
    case "giveUp":
      return `give up ${order.address}: ${order.reason}`;
    case "admit":
    case "begin":
      return `${order.kind} ${life}`;
    default:
      return `${order.kind} ${order.address}`;
  }
}
