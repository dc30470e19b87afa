import type { Step } from "../../runtime/mod.ts";
import { endpointSlice } from "../api/kinds/endpoint_slice.ts";
import { node as nodeKind } from "../api/kinds/node.ts";
import { service } from "../api/kinds/service.ts";
import type { EndpointSlice, Frozen, Node, Service } from "../api/types.ts";
import { type ApiClient, createApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import { createInformer } from "../client/informer.ts";
import { present } from "../kit/present.ts";
import { type ChangeTracker, createChangeTracker } from "./change_tracker.ts";
import { type Health, newHealth, noteNodeHealth, noteQueued, noteUpdated } from "./health.ts";
import type { DataplaneRequest, KubeProxyInput, NodeSettings } from "./messages.ts";
import { createPolicies, type Policies } from "./policies.ts";
import { askDataplane, createSync, type Sync, takeAnswer } from "./sync.ts";

/** What a kube-proxy keeps. */
export interface KubeProxyData extends ComponentData {
  readonly input: KubeProxyInput;
  readonly client: ApiClient;
  readonly tracker: ChangeTracker;
  readonly policies: Policies;
  readonly sync: Sync;
  readonly health: Health;
  /** The node's own IPs; replaced when they change. */
  nodeIps: readonly string[];
}

/** The slices of the DNS server, as it keeps them itself: one of each family. */
const dnsSlices = ["kube-dns", "kube-dns-ipv4", "kube-dns-ipv6"];
const zoneLabel = "topology.kubernetes.io/zone";
const minSyncMsDefault = 1_000;

/** Makes a kube-proxy that knows nothing yet. */
export function createData(input: KubeProxyInput, step: Step): KubeProxyData {
  const { node, apiServers } = input;
  const client = createApiClient({
    servers: apiServers,
  });
  const tracker = createChangeTracker(node);
  const sync = createSync(step);
  const health = newHealth();
  const services = createInformer<Service>({ client, kind: service });
  services.onChange(({ type, object }, later) => {
    if (type === "deleted") tracker.removeService(object);
    else tracker.setService(object);
    noteChange(data, later);
  });
  const slices = createInformer<EndpointSlice>({ client, kind: endpointSlice });
  slices.onChange(({ type, object, previous }, later) => {
    if (type === "deleted") tracker.removeSlice(object);
    else tracker.setSlice(object, previous);
    noteChange(data, later);
  });
  const nodes = createInformer<Node>({ client, kind: nodeKind, fieldSelector: `metadata.name=${node}` });
  nodes.onChange(({ type, object }) => {
    if (type !== "deleted") noteNode(data, object);
  });
  const takers = [{ handle: (event: { readonly type: string }, later: Step) => takeSync(data, event, later) }, client];
  // It has no pod by which policies could find it.
  const dnsIps = () => {
    const found = dnsSlices.flatMap((name) => slices.get(`kube-system/${name}`)?.endpoints ?? []);
    return found.every(({ targetRef }) => !targetRef) ? found.flatMap((each) => each.addresses) : [];
  };
  const policies = createPolicies(client, node, dnsIps);
  const informers = [services, slices, nodes, policies.informer];
  const data: KubeProxyData = { input, client, tracker, policies, sync, health, nodeIps: [], takers, informers };
  return data;
}

/** What changes back before it was sent waits no more. */
function noteChange({ tracker, health, sync }: KubeProxyData, step: Step): void {
  if (tracker.pending() > 0) noteQueued(health, step);
  else if (sync.ask === 0) health.pending = undefined;
}

function takeSync(data: KubeProxyData, event: { readonly type: string }, step: Step): boolean {
  const { sync, health, input } = data;
  const { ask } = sync;
  const isTaken = takeAnswer(sync, event, { input, step });
  if (ask !== 0 && sync.ask === 0 && sync.outcome === "applied") {
    noteUpdated(health, step);
    noteChange(data, step);
  }
  return isTaken;
}

function noteNode(data: KubeProxyData, node: Frozen<Node>) {
  const { metadata, status } = node;
  noteNodeHealth(data.health, node);
  const { tracker, sync } = data;
  tracker.setZone(metadata.labels?.[zoneLabel]);
  const ips = (status.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  if (ips.join() === data.nodeIps.join()) return;
  data.nodeIps = ips;
  sync.needsFull = true;
}

/** Whether the dataplane may have other rules than it should. */
export function isDirty({ tracker, policies, sync }: KubeProxyData): boolean {
  return sync.needsFull || tracker.pending() > 0 || policies.isDirty();
}

/** Whether rules may be written anew though some were just now. */
export function isUrgent({ policies }: KubeProxyData): boolean {
  return policies.isUrgent();
}

/** Rules are not written more often than this. */
export function minSyncMsOf({ minSyncMs = minSyncMsDefault }: KubeProxyInput): number {
  return minSyncMs;
}

/** Sends the dataplane what has changed, or all. */
export function program(data: KubeProxyData, step: Step) {
  const { tracker, policies, sync, input } = data;
  const changes = tracker.take();
  sync.nextAtMs = step.uptimeMs + minSyncMsOf(input);
  const hasPolicies = policies.isDirty();
  if (!sync.needsFull && !hasPolicies && changes.set.length === 0 && changes.remove.length === 0) {
    sync.outcome = "applied";
    return;
  }
  const base = sync.generation;
  const generation = ++sync.generation;
  const request: DataplaneRequest = sync.needsFull
    ? {
        op: "apply",
        full: true,
        generation,
        settings: settingsOf(data),
        set: [...tracker.rules.values()],
        policies: policies.take(),
      }
    : {
        op: "apply",
        full: false,
        generation,
        node: input.node,
        base,
        ...changes,
        ...(hasPolicies ? { policies: policies.take() } : {}),
      };
  sync.needsFull = false;
  sync.outcome = "waiting";
  sync.ask = askDataplane(input, request, step);
}

/** What all rules of the node depend on, as it is known now. */
export function settingsOf({ input, nodeIps }: Pick<KubeProxyData, "input" | "nodeIps">): NodeSettings {
  const { node, clusterCidr } = input;
  return { node, nodeIps, ...present({ clusterCidr }) };
}
