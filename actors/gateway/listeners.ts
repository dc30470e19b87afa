import type { AskId, Step, TcpAnswer, TcpRequest } from "../../runtime/mod.ts";
import { hostPort } from "../network/ip.ts";

/** Why an address could not be opened. */
export type Refusal = Extract<TcpAnswer, { ok: false }>;

/** Addresses of the outside (`127.0.0.1:30080`), and what is known of them: one that is not here is closed. */
export interface Listeners {
  /** Brings one closer to what is wanted; while the device is asked, its answer comes first. */
  settle(address: string, step: Step): void;
  /** From now on what is wanted is opened. */
  start(addresses: Iterable<string>, step: Step): void;
  /** Closes all. */
  stop(step: Step): void;
  /** Takes an answer of the `tcp` device; false when it is about something else. */
  take(event: { readonly type: string }, step: Step): boolean;
  /** Tries again what could not be opened. */
  retry(step: Step): void;
  /** Those that are open. */
  open(): readonly string[];
}

/** What it takes to open addresses. */
export interface ListenersOptions {
  readonly retryMs: number;
  isWanted(address: string): boolean;
  /** Told each time that one could not be opened. */
  refused(address: string, refusal: Refusal, step: Step): void;
}

type Phase = "opening" | "open" | "closing" | "refused";

/** The name of the timer after which `retry` is due. */
export const retryTimer = "ports";

/** Makes listeners of which none is open yet. */
export function createListeners({ retryMs, isWanted, refused }: ListenersOptions): Listeners {
  const phases = new Map<string, Phase>();
  const asked = new Map<AskId, string>();
  let isOn = false;

  function ask(op: "listen" | "close", address: string, step: Step) {
    phases.set(address, op === "listen" ? "opening" : "closing");
    const colon = address.lastIndexOf(":");
    const [host, port] = [address.slice(0, colon), Number(address.slice(colon + 1))];
    asked.set(step.device("tcp", { op, host, port } satisfies TcpRequest), address);
  }

  function settle(address: string, step: Step) {
    const phase = phases.get(address);
    const isToBe = isOn && isWanted(address);
    if (isToBe && phase === undefined) ask("listen", address, step);
    if (!isToBe && phase === "open") ask("close", address, step);
    if (!isToBe && phase === "refused") phases.delete(address);
  }

  return {
    settle,
    start(addresses, step) {
      isOn = true;
      for (const address of addresses) settle(address, step);
    },
    stop(step) {
      isOn = false;
      step.cancel(retryTimer);
      for (const address of [...phases.keys()]) settle(address, step);
    },
    take(event, step) {
      const { ask: id, body } = event as { readonly ask?: AskId; readonly body?: TcpAnswer };
      const address = event.type === "reply" && id !== undefined ? asked.get(id) : undefined;
      if (id === undefined || address === undefined || !body) return false;
      asked.delete(id);
      const phase = phases.get(address);
      if (phase === "opening" && !body.ok) {
        phases.set(address, "refused");
        step.timer(retryTimer, retryMs);
        refused(address, body, step);
      } else if (phase === "opening") phases.set(address, "open");
      else phases.delete(address);
      settle(address, step);
      return true;
    },
    retry(step) {
      for (const [address, phase] of [...phases]) {
        if (phase !== "refused") continue;
        phases.delete(address);
        settle(address, step);
      }
    },
    open: () => [...phases].flatMap(([address, phase]) => (phase === "open" ? [address] : [])),
  };
}

/** The network of an address in Go's words. */
export function tcpOf(address: string): "tcp4" | "tcp6" {
  return address.split(":").length > 2 ? "tcp6" : "tcp4";
}

/** An address as Go writes it: `[::1]:30080`. */
export function addressText(address: string): string {
  const colon = address.lastIndexOf(":");
  return hostPort({ ip: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
}

/** The words in which Go tells why it cannot listen. */
export function causeOf({ code, message }: Refusal): string {
  return causes[code] ?? message;
}

const causes: Readonly<Record<string, string>> = {
  EADDRINUSE: "bind: address already in use",
  EACCES: "bind: permission denied",
  EADDRNOTAVAIL: "bind: cannot assign requested address",
};
