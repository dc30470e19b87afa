import type { Step } from "../../runtime/mod.ts";
import { type Frozen, keyOf, type Service } from "../api/types.ts";
import type { EventRecorder } from "../client/events.ts";
import type { IpFamily } from "../kit/ip_number.ts";
import { addressText, causeOf, createListeners, tcpOf } from "./listeners.ts";
import { familiesOf } from "./node_order.ts";

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
  /** Which Service a port is for now, and of which family whoever comes to that host is led. */
  find(at: { readonly host: string; readonly port: number }): (NodePort & { readonly family: IpFamily }) | undefined;
  /** Those that are open, in order. */
  open(): readonly number[];
}

/** What it takes to open ports. */
export interface NodePortsOptions {
  readonly hosts: Readonly<Partial<Record<IpFamily, string>>>;
  readonly retryMs: number;
  readonly recorder: EventRecorder;
  /** Whether anybody would answer; a port of nobody is closed, so that clients are refused as by a node. */
  isServed(service: Frozen<Service>, families: readonly IpFamily[]): boolean;
}

/** Makes the node ports of a cluster in which there are no Services yet. */
export function createNodePorts({ hosts, retryMs, recorder, isServed }: NodePortsOptions): NodePorts {
  const wanted = new Map<number, NodePort>();
  const portsOf = new Map<string, readonly number[]>();
  const places = [...new Set(Object.values(hosts))];
  const addressesOf = (port: number) => places.map((host) => `${host}:${port}`);
  const portOf = (address: string) => Number(address.slice(address.lastIndexOf(":") + 1));
  const hostOf = (address: string) => address.slice(0, address.lastIndexOf(":"));
  /** Of a machine without IPv6 both families may be found at one host. */
  const familiesAt = (service: Frozen<Service>, host: string) =>
    familiesOf(service).filter((family) => hosts[family] === host);
  const listeners = createListeners({
    retryMs,
    isWanted(address) {
      const found = wanted.get(portOf(address));
      if (found === undefined) return false;
      const families = familiesAt(found.service, hostOf(address));
      return families.length > 0 && isServed(found.service, families);
    },
    refused(address, refusal, step) {
      const port = portOf(address);
      const found = wanted.get(port);
      if (!found) return;
      recorder.report(step, {
        about: { ...found.service, apiVersion: "v1", kind: "Service" },
        type: "Warning",
        reason: "FailedToOpenPort",
        message: `can't open port "nodePort for ${found.name}" (:${port}/${tcpOf(address)}), skipping it: listen ${tcpOf(address)} ${addressText(address)}: ${causeOf(refusal)}`,
      });
    },
  });
  const settle = (port: number, step: Step) => {
    for (const address of addressesOf(port)) listeners.settle(address, step);
  };

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
    start: (step) => listeners.start([...wanted.keys()].flatMap(addressesOf), step),
    stop: listeners.stop,
    take: listeners.take,
    retry: listeners.retry,
    find({ host, port }) {
      const found = wanted.get(port);
      const [family] = found ? familiesAt(found.service, host) : [];
      return found && family && { ...found, family };
    },
    open: () => [...new Set(listeners.open().map(portOf))].sort((a, b) => a - b),
  };
}

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
