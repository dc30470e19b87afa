import type { Address, Step } from "../../runtime/mod.ts";
import type { Frozen, Service } from "../api/types.ts";
import type { EventRecorder } from "../client/events.ts";
import { type Balancer, type BalancersAsked, balancerIps } from "../cloud/messages.ts";
import { familyOf, type IpFamily } from "../kit/ip_number.ts";
import { isInCidr } from "../network/ip.ts";
import type { Arrival, Door } from "./door.ts";
import { addressText, causeOf, createListeners, type Listeners, tcpOf } from "./listeners.ts";

/** The load balancers of providers, whose addresses are opened to the outside. */
export interface Balancers extends Pick<Listeners, "stop" | "take" | "retry" | "open"> {
  start(step: Step): void;
  /** All of a provider, as they are now. */
  set(cloud: Address, balancers: readonly Balancer[], step: Step): void;
  /** Where a client goes on to that has come to one of them; undefined: it is not let in. */
  doorOf(arrival: Arrival): Door | undefined;
}

/** What it takes to open load balancers. */
export interface BalancersOptions {
  readonly clouds: readonly Address[];
  readonly retryMs: number;
  readonly recorder: EventRecorder;
  serviceOf(key: string): Frozen<Service> | undefined;
  /** The IPs of nodes, of a family, in the order in which to try them for a Service. */
  nodesFor(service: Frozen<Service>, family: IpFamily): readonly string[];
}

interface Served {
  readonly cloud: Address;
  readonly balancer: Balancer;
  readonly port: Balancer["ports"][number];
}

/** Makes the load balancers of a cluster that has none yet. */
export function createBalancers({ clouds, retryMs, recorder, serviceOf, nodesFor }: BalancersOptions): Balancers {
  const served = new Map<string, Served>();
  const listeners = createListeners({
    retryMs,
    isWanted: (address) => served.has(address),
    refused(address, refusal, step) {
      const found = served.get(address);
      const about = found && serviceOf(found.balancer.service);
      if (!about) return;
      recorder.report(step, {
        about: { ...about, apiVersion: "v1", kind: "Service" },
        type: "Warning",
        reason: "FailedToOpenPort",
        message: `can't open port "load balancer of ${found.balancer.service}" (${addressText(address)}/${tcpOf(address)}), skipping it: listen ${tcpOf(address)} ${addressText(address)}: ${causeOf(refusal)}`,
      });
    },
  });

  return {
    ...listeners,
    start(step) {
      for (const cloud of clouds) step.send(cloud, { type: "cloud.balancers" } satisfies BalancersAsked);
      listeners.start(served.keys(), step);
    },
    set(cloud, balancers, step) {
      const before = [...served].filter(([, each]) => each.cloud === cloud).map(([address]) => address);
      for (const address of before) served.delete(address);
      for (const balancer of balancers) {
        for (const port of balancer.ports) {
          if (port.protocol !== "TCP") continue;
          for (const ip of balancerIps(balancer)) served.set(`${ip}:${port.port}`, { cloud, balancer, port });
        }
      }
      for (const address of new Set([...before, ...served.keys()])) listeners.settle(address, step);
    },
    doorOf({ host, port: at, from }) {
      const found = served.get(`${host}:${at}`);
      const service = found && serviceOf(found.balancer.service);
      if (!service) return undefined;
      const { nodes, sourceRanges: all } = found.balancer;
      const sourceRanges = all.filter((range) => familyOf(range) === familyOf(host));
      const mayEnter = sourceRanges.length === 0 || sourceRanges.some((range) => isInCidr(range, from.ip));
      if (!mayEnter) return undefined;
      const { port, nodePort } = found.port;
      const target = nodePort === 0 ? { ip: host, port } : { port: nodePort };
      return { ...target, nodes: nodesFor(service, familyOf(host)).filter((node) => nodes.includes(node)) };
    },
  };
}
