import type { Address, Step } from "../../runtime/mod.ts";
import type { AddressAnswer } from "../cri/messages.ts";
import { askRuntime, type ComputerData, trafficOf } from "./data.ts";
import { isLoopback } from "./loopback.ts";
import { isNodeIp } from "./own_ips.ts";

/** Where real sandboxes are: their addresses are in no node's range, so the container runtime is asked for them. */
export interface Afar {
  /** Believed for a while. */
  readonly known: Map<string, { readonly computer: Address | undefined; readonly untilMs: number }>;
  /** What goes on when an answer comes, by address. */
  readonly waiting: Map<string, ((step: Step) => void)[]>;
}

/** An address may be given to a pod of another node when its own is gone. */
const foundMs = 10_000;
/** Nobody has it: it may be given at any time. */
const missingMs = 1_000;
const knownMax = 10_000;
/** So many packets wait for one address; further ones are lost. */
const waitingMax = 101;

/** Nothing is known yet. */
export function createAfar(): Afar {
  return { known: new Map(), waiting: new Map() };
}

/** Which other computer has an address, as far as it is known. */
export function computerAfar(data: ComputerData, ip: string): Address | undefined {
  return data.traffic?.afar.known.get(ip)?.computer;
}

/**
 * Goes on once it is known who has an address; false when it is known, or needs no asking: then the caller goes on
 * itself.
 */
export function seek(
  data: ComputerData,
  ip: string,
  { step, goOn }: { readonly step: Step; readonly goOn: (step: Step) => void },
): boolean {
  const { input, sandboxes } = data;
  if (!input.hasRealPods || isNodeIp(input, ip) || isLoopback(ip) || sandboxes.withIp(ip)) return false;
  const { routes, afar } = trafficOf(data);
  if (routes.computerOf(ip) !== undefined || input.hosts[ip] !== undefined) return false;
  const known = afar.known.get(ip);
  if (known && step.uptimeMs < known.untilMs) return false;
  const others = afar.waiting.get(ip);
  if (others && others.length < waitingMax) others.push(goOn);
  if (others) return true;
  afar.waiting.set(ip, [goOn]);
  askRuntime(data, step, { op: "FindAddress", ip }, (answer, later) => {
    const { computer } = (answer ?? {}) as Partial<AddressAnswer>;
    if (afar.known.size >= knownMax) afar.known.clear();
    afar.known.set(ip, { computer, untilMs: later.uptimeMs + (computer === undefined ? missingMs : foundMs) });
    const waiting = afar.waiting.get(ip) ?? [];
    afar.waiting.delete(ip);
    for (const each of waiting) each(later);
  });
  return true;
}
