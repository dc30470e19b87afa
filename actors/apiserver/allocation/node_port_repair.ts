import type { Step } from "../../../runtime/mod.ts";
import { serviceRules as serviceKind } from "../../api/kinds/service.ts";
import { type Frozen, type KubeObject, keyOf, type Service } from "../../api/types.ts";
import { eventFor } from "../../client/events.ts";
import type { Report } from "../../client/report.ts";
import { askStore } from "../../client/store_client.ts";
import type { KeyValue } from "../../store/messages.ts";
import { waitForRevision } from "../cache/feed.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { askItself } from "../requests/own_request.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { nodePortsDefault, nodePortsOf, portClaim, portsPrefix } from "./service_addresses.ts";

const everyMs = 180_000;
const looksBeforeFree = 2;
/** The first key behind all of them. */
const portsEnd = "/registry/nodeports0";
const component = "portallocator-repair-controller";

/**
 * Sees to it, every three minutes, that each Service's node ports are stored as taken, by that Service alone, and that
 * no port stays taken that nobody has. Services that came from elsewhere, with a store that another API server wrote,
 * have no claims yet. Follows `portallocator/controller` of Kubernetes' registry of Services.
 */
export function repairPortsWhenDue(server: Server, step: Step): void {
  const { portRepair } = server;
  if (!server.bootstrapped || step.uptimeMs < portRepair.dueAtMs) return;
  portRepair.dueAtMs = step.uptimeMs + everyMs;
  askStore(server.store, step, { type: "store.range", key: portsPrefix, end: portsEnd }, (answer, later) => {
    if (answer.type !== "store.range.ok") return;
    const { kvs, revision } = answer;
    const done = (reached: boolean, now: Step) => (reached ? repair(server, kvs, now) : undefined);
    waitForRevision(server.feed, later, { revision, certain: true, done });
  });
}

function repair(server: Server, stored: readonly KeyValue[], step: Step): void {
  const { first, last } = server.input.nodePorts ?? nodePortsDefault;
  const left = new Map(stored.map((kv) => [kv.key, kv]));
  const holders = new Map<number, string>();
  const before = server.portRepair.told;
  server.portRepair.told = new Set();
  const tell = (service: Frozen<Service>, reason: string, message: string) => {
    const key = `${service.metadata.uid} ${message}`;
    server.portRepair.told.add(key);
    if (!before.has(key)) report(server, { about: aboutOf(service), type: "Warning", reason, message }, step);
  };
  for (const service of servicesOf(server)) {
    for (const port of nodePortsOf(service)) {
      const claim = portClaim(port, service);
      if (port < first || port > last) {
        const range = `${first}-${last}`;
        tell(service, "PortOutOfRange", `Port ${port} is not within the port range ${range}; please recreate service`);
      } else if (holders.has(port)) {
        const message = `Port ${port} was assigned to multiple services; please recreate service`;
        tell(service, "PortAlreadyAllocated", message);
      } else {
        holders.set(port, keyOf(service as Frozen<KubeObject>));
        if (!left.has(claim.key)) take(server, { service, port }, step);
      }
      left.delete(claim.key);
    }
  }
  release(server, left, step);
}

function servicesOf(server: Server): readonly Frozen<Service>[] {
  const cache = cacheOf(server, serviceKind);
  return [...itemsUnder(cache, cache.prefix)].map((item) => objectOf(item) as Frozen<Service>);
}

interface Taking {
  readonly service: Frozen<Service>;
  readonly port: number;
}

/** Stores that a port is taken; if it was not, that is told. */
function take(server: Server, { service, port }: Taking, step: Step): void {
  const { key, value } = portClaim(port, service);
  const compare = [{ key, target: "mod", result: "equal", value: 0 }] as const;
  const request = { type: "store.txn", compare, success: [{ op: "put", key, value }], failure: [] } as const;
  askStore(server.store, step, request, (answer, later) => {
    if (answer.type !== "store.txn.ok" || !answer.succeeded) return;
    const message = `Port ${port} is not allocated; repairing`;
    report(server, { about: aboutOf(service), type: "Warning", reason: "PortNotAllocated", message }, later);
  });
}

/** What nobody has is free once it has been so for several looks: a Service may be about to have it. */
function release({ portRepair: { leaks }, store }: Server, left: ReadonlyMap<string, KeyValue>, step: Step): void {
  for (const key of leaks.keys()) if (!left.has(key)) leaks.delete(key);
  for (const [key, { modRevision }] of left) {
    const looks = leaks.get(key) ?? looksBeforeFree;
    leaks.set(key, looks - 1);
    if (looks > 0) continue;
    leaks.delete(key);
    const compare = [{ key, target: "mod", result: "equal", value: modRevision }] as const;
    // Whoever has it now keeps it; what fails is tried again.
    askStore(store, step, { type: "store.txn", compare, success: [{ op: "delete", key }], failure: [] }, () => {});
  }
}

function aboutOf(service: Frozen<Service>): Report["about"] {
  return { apiVersion: "v1", kind: "Service", metadata: service.metadata };
}

function report(server: Server, about: Report, step: Step): void {
  const body = eventFor(step, about, { component, host: "", atMs: step.nowMs });
  const { namespace = "" } = body.metadata;
  const request = { verb: "create", group: "", version: "v1", resource: "events", namespace } as const;
  askItself(server, { request: { ...request, body: JSON.stringify(body) }, respond: () => {} }, step);
}
