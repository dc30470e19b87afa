import type { Step } from "../../runtime/mod.ts";
import { endpointSlice } from "../api/kinds/endpoint_slice.ts";
import { event as eventKind } from "../api/kinds/event.ts";
import { node } from "../api/kinds/node.ts";
import { service } from "../api/kinds/service.ts";
import { type EndpointSlice, type Frozen, keyOf, type Node, type Service } from "../api/types.ts";
import { createApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createEventRecorder } from "../client/events.ts";
import { createInformer } from "../client/informer.ts";
import type { IpFamily } from "../kit/ip_number.ts";
import type { Transport } from "../network/connection.ts";
import { createRoutes } from "../network/routes.ts";
import { createTransport } from "../network/transport.ts";
import { type Balancers, createBalancers } from "./balancers.ts";
import { type Carrier, createCarrier } from "./carrier.ts";
import type { GatewayInput } from "./messages.ts";
import { byService, hasEndpoints, nodesFor, serviceOf } from "./node_order.ts";
import { createNodePorts, type NodePorts } from "./node_ports.ts";

/** What a gateway keeps. */
export interface GatewayData extends ComponentData {
  readonly ports: NodePorts;
  readonly balancers: Balancers;
  readonly carrier: Carrier;
  readonly transport: Transport<Step>;
  /** When the timer `network` rings; undefined while it is not set. */
  wakesAtMs: number | undefined;
}

/** The name of the timer after which the transport is to be woken. */
export const networkTimer = "network";

const connectMsDefault = 1_000;
const nodesTriedMaxDefault = 8;
const patienceMsDefault = 1_500;
const retryMsDefault = 5_000;
/** As many as there are ports of ours. */
const viasMax = 30_000;

/** Makes a gateway that knows nothing yet. */
export function createData(input: GatewayInput): GatewayData {
  const { apiServers, ips, routes, listenHosts } = input;
  const computers = createRoutes(routes);
  const { connectMs = connectMsDefault, nodesTriedMax = nodesTriedMaxDefault } = input;
  const { patienceMs = patienceMsDefault, retryMs = retryMsDefault } = input;
  const client = createApiClient({ servers: apiServers });
  const recorder = createEventRecorder({ client, kind: eventKind, component: "gateway" });
  const slices = createInformer<EndpointSlice>({ client, kind: endpointSlice, indexes: { [byService]: serviceOf } });
  const isServed = (object: Frozen<Service>, families: readonly IpFamily[]) =>
    hasEndpoints(slices.by(byService, keyOf(object)), families);
  const ports = createNodePorts({ hosts: listenHosts, retryMs, recorder, isServed });
  slices.onChange(({ object }, step) => {
    for (const key of serviceOf(object)) ports.look(key, step);
  });
  const services = createInformer<Service>({ client, kind: service });
  services.onChange(({ type, object }, step) => {
    if (type === "deleted") ports.remove(object, step);
    else ports.set(object, step);
  });
  const nodes = createInformer<Node>({ client, kind: node });
  /** By which node a port of ours reaches an address that no computer has. */
  const vias = new Map<string, string>();
  const transport: Transport<Step> = createTransport<Step>({
    send(packet, step) {
      const via = vias.get(`${packet.source.port} ${packet.target.ip}`);
      const computer = computers.computerOf(via ?? packet.target.ip);
      if (computer !== undefined) step.send(computer, packet);
    },
    // Nobody listens here: what the gateway serves it serves outside.
    offered: (end, step) => transport.refuse(end, step),
  });
  let turn = 0;
  const nodesOf = (found: Frozen<Service>, family: IpFamily) => {
    // Who is to meet the same pod again has to meet the same node.
    const isSticky = found.spec.sessionAffinity === "ClientIP";
    return nodesFor(found, { nodes, slices, turn: isSticky ? 0 : turn++, family });
  };
  const balancers = createBalancers({
    clouds: input.clouds ?? [],
    retryMs,
    recorder,
    serviceOf: (key) => services.get(key),
    nodesFor: nodesOf,
  });
  const carrier = createCarrier({
    ips,
    transport,
    connectMs,
    nodesTriedMax,
    patienceMs,
    doorOf(arrival) {
      if (!Object.values(listenHosts).includes(arrival.host)) return balancers.doorOf(arrival);
      const found = ports.find(arrival);
      return found && { port: found.port, nodes: nodesOf(found.service, found.family) };
    },
    leadBy(node, { local, remote }) {
      if (remote.ip === node) return;
      if (vias.size >= viasMax) vias.clear();
      vias.set(`${local.port} ${remote.ip}`, node);
    },
  });
  const device = {
    handle: (event: { readonly type: string }, step: Step) =>
      ports.take(event, step) || balancers.take(event, step) || carrier.take(event, step),
  };
  const takers = [device, client];
  return { ports, balancers, carrier, transport, wakesAtMs: undefined, takers, informers: [services, slices, nodes] };
}

/** Sees to it that the transport is woken when it wants to be; after each step that may have changed that. */
export function arm(data: GatewayData, step: Step): void {
  const wakesAtMs = data.transport.nextWakeMs();
  if (wakesAtMs === data.wakesAtMs) return;
  data.wakesAtMs = wakesAtMs;
  if (wakesAtMs === undefined) step.cancel(networkTimer);
  else step.timer(networkTimer, Math.max(0, wakesAtMs - step.uptimeMs));
}
