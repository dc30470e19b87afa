import type { Fault, Trigger } from "../../runtime/faults/fault.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { World } from "../engine/world.ts";

/** What was restarted, or is reached again, needs so long until all is as before. */
const recoveryMs = 3_000;
/** What was lost on a stream may be noticed so late, if nothing follows. */
const noticedMs = 20_000;
const wireKinds = new Set(["partition", "loss", "delay", "duplication", "reordering", "lag", "brokenStream"]);

/** Whether something may have broken on the way of packets, between two times. */
export function isWireTroubled({ definition }: World, fromMs: number, toMs: number): boolean {
  return definition.faults.some((fault) => isOfWire(fault) && isActive(fault, { fromMs: fromMs - recoveryMs, toMs }));
}

/** Whether computers may not have known, between two times, which endpoints there are. */
export function isRulesTroubled({ definition }: World, fromMs: number, toMs: number): boolean {
  return definition.faults.some(
    (fault) => !isBetweenHosts(fault) && isActive(fault, { fromMs: fromMs - 4 * recoveryMs, toMs }),
  );
}

/** Two moments, in virtual milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether any fault may have been at work, but those that are borne. Default: none is. */
export function isTroubled(
  { definition, simulation }: World,
  span: Span,
  isBorne: (fault: Fault) => boolean = () => false,
): boolean {
  if (definition.faults.length === 0) return false;
  // In rehearsals of single rules nobody carries faults out.
  const begun = (simulation.faults as Simulation["faults"] | undefined)?.begunMs();
  const nowMs = simulation.uptimeMs();
  // Where all have their time, and one is over before the next begins, it is known what they leave behind. Where not,
  // that has to be noticed first: who watches is not told of a server that ends while nothing passes between the two.
  const afterMs = isKnown(definition.faults.filter((fault) => !isBorne(fault))) ? 0 : noticedMs;
  return definition.faults.some((fault, index) => {
    return !isBorne(fault) && isActive(fault, span, begun && { begunMs: begun[index], nowMs, afterMs });
  });
}

/** Whether it does nothing but end, or stop for a while, one kubelet: of this node, or of any. */
export function isOfKubelet({ kind, parameters }: Fault, node = ""): boolean {
  if ((kind !== "crash" && kind !== "pause") || !("actor" in parameters)) return false;
  return node === "" ? parameters.actor.startsWith("kubelet/") : parameters.actor === `kubelet/${node}`;
}

/** When something else sets it off, only the run knows since when it is at work; before, it may be in what is to come. */
function isActive({ trigger, forMs }: Fault, { fromMs, toMs }: Span, known?: Known): boolean {
  const { begunMs, nowMs, afterMs = 0 } = known ?? {};
  const sinceMs = isTimed(trigger) ? trigger.atMs : begunMs;
  if (sinceMs === undefined) return nowMs === undefined || toMs > nowMs;
  return sinceMs <= toMs && (forMs === undefined || sinceMs + forMs + afterMs >= fromMs);
}

/** Whether each has its time, and none of them another's. */
function isKnown(faults: readonly Fault[]): boolean {
  let overMs = Number.NEGATIVE_INFINITY;
  const timed = faults.flatMap(({ trigger, forMs }) => (isTimed(trigger) ? [{ fromMs: trigger.atMs, forMs }] : []));
  for (const { fromMs, forMs } of timed.sort((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs <= overMs) return false;
    overMs = forMs === undefined ? Number.POSITIVE_INFINITY : fromMs + forMs;
  }
  return timed.length === faults.length;
}

/** What a run tells of one of its faults, and how long it is felt when it is over. */
interface Known {
  readonly begunMs: number | undefined;
  readonly nowMs: number;
  readonly afterMs: number;
}

function isTimed(trigger: Trigger): trigger is Extract<Trigger, { readonly atMs: number }> {
  return "atMs" in trigger;
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
