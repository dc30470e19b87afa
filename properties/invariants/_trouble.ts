import type { Fault } from "../../runtime/faults/fault.ts";
import type { World } from "../engine/world.ts";

/** What was restarted, or is reached again, needs so long until all is as before. */
const recoveryMs = 3_000;
const wireKinds = new Set(["partition", "loss", "delay", "duplication", "reordering", "lag", "brokenStream"]);

/** Whether something may have broken on the way of packets, between two times. */
export function isWireTroubled({ definition }: World, fromMs: number, toMs: number): boolean {
  return definition.faults.some((fault) => isOfWire(fault) && isActive(fault, fromMs - recoveryMs, toMs));
}

/** Whether computers may not have known, between two times, which endpoints there are. */
export function isRulesTroubled({ definition }: World, fromMs: number, toMs: number): boolean {
  return definition.faults.some((fault) => !isBetweenHosts(fault) && isActive(fault, fromMs - 4 * recoveryMs, toMs));
}

/** Two moments, in virtual milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether any fault may have been at work, but those that are borne. Default: none is. */
export function isTroubled(
  { definition }: World,
  { fromMs, toMs }: Span,
  isBorne: (fault: Fault) => boolean = () => false,
): boolean {
  return definition.faults.some((fault) => !isBorne(fault) && isActive(fault, fromMs, toMs));
}

/** Whether it does nothing but end, or stop for a while, one kubelet: of this node, or of any. */
export function isOfKubelet({ kind, parameters }: Fault, node = ""): boolean {
  if ((kind !== "crash" && kind !== "pause") || !("actor" in parameters)) return false;
  return node === "" ? parameters.actor.startsWith("kubelet/") : parameters.actor === `kubelet/${node}`;
}

function isActive({ trigger, forMs }: Fault, fromMs: number, toMs: number): boolean {
  // When something else sets it off, nobody knows beforehand.
  if (!("atMs" in trigger)) return true;
  return trigger.atMs <= toMs && (forMs === undefined || trigger.atMs + forMs >= fromMs);
}

function isOfWire({ kind, parameters }: Fault): boolean {
  if ("actor" in parameters) return isHost(parameters.actor);
  return wireKinds.has(kind) && !("types" in parameters && !parameters.types.includes("packet"));
}

/** A bad link between computers, or theirs to the names: no agent of a node speaks over it. */
function isBetweenHosts({ parameters }: Fault): boolean {
  return "from" in parameters && [...parameters.from, ...parameters.to].every(isHost);
}

function isHost(address: string): boolean {
  return /^(computer|traffic|dns)\//.test(address);
}
