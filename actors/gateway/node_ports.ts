import type { AskId, Step, TcpAnswer, TcpRequest } from "../../runtime/mod.ts";
import { type Frozen, keyOf, type Service } from "../api/types.ts";
import type { EventRecorder } from "../client/events.ts";

/** A port that a Service asks of every node. */
export interface NodePort {
  readonly port: number;
  readonly service: Frozen<Service>;
  /** `namespace/service:port`, as kube-proxy names it. */
  readonly name: string;
}

/** The node ports of a cluster, as far as they are TCP, and those that are open to the outside. */
export interface NodePorts {
  /** A Service as it is now. */
  set(service: Frozen<Service>, step: Step): void;
  remove(service: Frozen<Service>, step: Step): void;
  /** The endpoints of a Service (`namespace/name`) have changed. */
  look(service: string, step: Step): void;
  /** From now on what is wanted is opened, and what is not wanted any more closed. */
  start(step: Step): void;
  /** Closes all. */
  stop(step: Step): void;
  /** Takes an answer of the `tcp` device; false when it is about something else. */
  take(event: { readonly type: string }, step: Step): boolean;
  /** Tries again what could not be opened. */
  retry(step: Step): void;
  /** Which Service a port is for now. */
  find(port: number): NodePort | undefined;
  /** Those that are open, in order. */
  open(): readonly number[];
}

/** What it takes to open ports. */
export interface NodePortsOptions {
  readonly host: string;
  readonly retryMs: number;
  readonly recorder: EventRecorder;
  /** Whether anybody would answer; a port of nobody is closed, so that clients are refused as by a node. */
  isServed(service: Frozen<Service>): boolean;
}

type Phase = "opening" | "open" | "closing" | "refused";

/** The name of the timer after which `retry` is due. */
export const retryTimer = "ports";

/** Makes the node ports of a cluster in which there are no Services yet. */
export function createNodePorts({ host, retryMs, recorder, isServed }: NodePortsOptions): NodePorts {
  const wanted = new Map<number, NodePort>();
  const portsOf = new Map<string, readonly number[]>();
  /** What is known of the device; a port that is not here is closed. */
  const phases = new Map<number, Phase>();
  const asked = new Map<AskId, number>();
  let isOn = false;

  function ask(op: "listen" | "close", port: number, step: Step) {
    phases.set(port, op === "listen" ? "opening" : "closing");
    asked.set(step.device("tcp", { op, host, port } satisfies TcpRequest), port);
  }

  /** Brings one port closer to what is wanted; while the device is asked, its answer comes first. */
  function settle(port: number, step: Step) {
    const phase = phases.get(port);
    const found = wanted.get(port);
    const isWanted = isOn && found !== undefined && isServed(found.service);
    if (isWanted && phase === undefined) ask("listen", port, step);
    if (!isWanted && phase === "open") ask("close", port, step);
    if (!isWanted && phase === "refused") phases.delete(port);
  }

  function refused(port: number, { message, code }: Extract<TcpAnswer, { ok: false }>, step: Step) {
    phases.set(port, "refused");
    step.timer(retryTimer, retryMs);
    const found = wanted.get(port);
    if (!found) return;
    const cause = causes[code] ?? message;
    recorder.report(step, {
      about: { ...found.service, apiVersion: "v1", kind: "Service" },
      type: "Warning",
      reason: "FailedToOpenPort",
      message: `can't open port "nodePort for ${found.name}" (:${port}/tcp4), skipping it: listen tcp4 ${host}:${port}: ${cause}`,
    });
  }

  return {
    set(service, step) {
      const key = keyOf(service);
      const before = portsOf.get(key) ?? [];
      const after = nodePortsOf(service);
      for (const each of after) wanted.set(each.port, each);
      portsOf.set(
        key,
        after.map(({ port }) => port),
      );
      for (const port of before) {
        if (!after.some((each) => each.port === port) && isOf(wanted.get(port), key)) wanted.delete(port);
      }
      for (const port of [...before, ...after.map((each) => each.port)]) settle(port, step);
    },
    remove(service, step) {
      const key = keyOf(service);
      const before = portsOf.get(key) ?? [];
      portsOf.delete(key);
      for (const port of before) {
        // Another Service may have got the port before this one was seen to be gone.
        if (isOf(wanted.get(port), key)) wanted.delete(port);
        settle(port, step);
      }
    },
    look(service, step) {
      for (const port of portsOf.get(service) ?? []) settle(port, step);
    },
    start(step) {
      isOn = true;
      for (const port of wanted.keys()) settle(port, step);
    },
    stop(step) {
      isOn = false;
      step.cancel(retryTimer);
      for (const port of [...phases.keys()]) settle(port, step);
    },
    take(event, step) {
      const { ask: id, body } = event as { readonly ask?: AskId; readonly body?: TcpAnswer };
      const port = event.type === "reply" && id !== undefined ? asked.get(id) : undefined;
      if (id === undefined || port === undefined || !body) return false;
      asked.delete(id);
      const phase = phases.get(port);
      if (phase === "opening" && !body.ok) refused(port, body, step);
      else if (phase === "opening") phases.set(port, "open");
      else phases.delete(port);
      settle(port, step);
      return true;
    },
    retry(step) {
      for (const [port, phase] of [...phases]) {
        if (phase !== "refused") continue;
        phases.delete(port);
        settle(port, step);
      }
    },
    find: (port) => wanted.get(port),
    open: () => [...phases].flatMap(([port, phase]) => (phase === "open" ? [port] : [])).sort((a, b) => a - b),
  };
}

/** The words in which Go tells why it cannot listen. */
const causes: Readonly<Record<string, string>> = {
  EADDRINUSE: "bind: address already in use",
  EACCES: "bind: permission denied",
};

function isOf(found: NodePort | undefined, key: string): boolean {
  return found !== undefined && keyOf(found.service) === key;
}

function nodePortsOf(service: Frozen<Service>): readonly NodePort[] {
  const { metadata, spec } = service;
  const { type = "ClusterIP", ports = [] } = spec;
  if (type !== "NodePort" && type !== "LoadBalancer") return [];
  return ports.flatMap(({ name = "", nodePort = 0, protocol = "TCP" }) => {
    if (nodePort === 0 || protocol !== "TCP") return [];
    return [
      { port: nodePort, service, name: `${metadata.namespace}/${metadata.name}${name === "" ? "" : `:${name}`}` },
    ];
  });
}
