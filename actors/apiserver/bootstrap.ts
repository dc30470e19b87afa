import type { Step } from "../../runtime/mod.ts";
import { addressAt, cidrText, parseServiceCidrs } from "../api/cidr.ts";
import { groupVersionOf, storageKey } from "../api/kind.ts";
import { priorityClass, systemPriorities } from "../api/kinds/priority_class.ts";
import { serviceCidr } from "../api/kinds/service_cidr.ts";
import { defaultRangeName } from "../api/service_ranges.ts";
import type { Status } from "../api/status.ts";
import type { Frozen } from "../api/types.ts";
import { present } from "../kit/present.ts";
import { keepTrust } from "./aggregation/trust.ts";
import { cidrDefault } from "./allocation/service_addresses.ts";
import { bootstrapObjects } from "./bootstrap_objects.ts";
import { defaultLevels, defaultSchemas } from "./fairness/defaults.ts";
import { keepIdentity } from "./identity_lease.ts";
import type { ApiResponse } from "./messages.ts";
import { keepOwnEndpoints } from "./own_endpoints.ts";
import { askItself } from "./requests/own_request.ts";
import type { Server } from "./server.ts";
import { trackTokens } from "./tokens/track.ts";

const namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
const retryMs = 1_000;
/** How often a server looks whether somebody took it away, as Kubernetes' own controllers of these objects do. */
const recheckMs = 10_000;
/** The timer that tries again to make what every cluster has, and later looks whether it is still there. */
export const bootstrapTimer = "bootstrap";

/** The classes of what a cluster cannot do without. */
const priorityClasses = Object.entries(systemPriorities).map(([name, value]) => ({
  apiVersion: groupVersionOf(priorityClass),
  kind: priorityClass.kind,
  metadata: { name },
  value,
  description:
    name === "system-node-critical"
      ? "Used for system critical pods that must not be moved from their current node."
      : "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
}));

/** What says which requests come first cannot be without these: at the start they are made with all others. */
const mandatoryFlows = [
  ...defaultLevels.map((body) => ({ resource: "prioritylevelconfigurations", body })),
  ...defaultSchemas.map((body) => ({ resource: "flowschemas", body })),
].flatMap(({ resource, body: { status: _made, ...body } }) =>
  ["exempt", "catch-all"].includes(body.metadata.name) ? [{ resource, body }] : [],
);

/**
 * Makes what every cluster has: its first namespaces, the system's priority classes, the default roles and who has them, its own APIServices,
 * and the service of the API itself. Each server does so when it
 * starts, and again when somebody deleted it, with ordinary creates: who comes second is told that it is there already.
 */
export function bootstrap(server: Server, step: Step): void {
  server.bootstrapping = true;
  const mandatory = server.bootstrapped ? mandatoryFlows : [];
  let left = namespaces.length + priorityClasses.length + mandatory.length + 2;
  let failed = false;
  const made = (ok: boolean, later: Step) => {
    failed ||= !ok;
    if (--left > 0) return;
    if (failed) later.timer(bootstrapTimer, retryMs);
    else createService(server, later);
  };
  // Later it is whoever changes roles who answers for them, as in Kubernetes.
  if (server.bootstrapped) made(true, step);
  else bootstrapObjects(server, made, step);
  for (const name of namespaces) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    create(server, step, { resource: "namespaces", body, done: made });
  }
  create(server, step, { ...serviceRange(server), done: made });
  for (const { resource, body } of mandatory) {
    create(server, step, { group: "flowcontrol.apiserver.k8s.io", resource, body, done: made });
  }
  for (const body of priorityClasses) {
    create(server, step, { group: priorityClass.group, resource: priorityClass.plural, body, done: made });
  }
}

/** The ranges that Services are given addresses from. */
function serviceRange(server: Server): Wanted {
  const metadata = { name: defaultRangeName };
  const spec = { cidrs: parseServiceCidrs(server.input.serviceCidr ?? cidrDefault).map(cidrText) };
  const body = { apiVersion: groupVersionOf(serviceCidr), kind: serviceCidr.kind, metadata, spec };
  return { group: serviceCidr.group, resource: serviceCidr.plural, body };
}

function createService(server: Server, step: Step): void {
  const [range] = parseServiceCidrs(server.input.serviceCidr ?? cidrDefault);
  const body = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      ...(range ? { clusterIP: addressAt(range, 1) } : {}),
      ipFamilyPolicy: "SingleStack",
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: server.input.https?.port ?? 6443 }],
    },
  };
  create(server, step, {
    resource: "services",
    namespace: "default",
    body,
    done: (ok, later) => {
      server.bootstrapped ||= ok;
      later.timer(bootstrapTimer, ok ? recheckMs : retryMs);
      const failed = (now: Step) => now.timer(bootstrapTimer, retryMs);
      if (ok) keepOwnEndpoints(server, later, failed);
      if (ok) keepTrust(server, later, failed);
      if (ok) trackTokens(server, later, failed);
      if (ok) keepIdentity(server, later);
    },
  });
}

interface Wanted {
  /** Default: the core group. */
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly body: { readonly metadata: { readonly name: string } };
}

interface Creation extends Wanted {
  readonly done: (ok: boolean, step: Step) => void;
}

function create(server: Server, step: Step, { group = "", resource, namespace, body, done }: Creation): void {
  if (server.bootstrapped && isCached(server, { group, resource, namespace, body })) {
    done(true, step);
    return;
  }
  const respond = (later: Step, { status }: ApiResponse) => {
    // Somebody else made it, which is as good; any other conflict is not.
    done(!status || status.reason === "AlreadyExists" || isTakenByAnother(status), later);
  };
  const request = {
    verb: "create" as const,
    ...{ group, version: "v1", resource },
    body: JSON.stringify(body),
    ...present({ namespace }),
  };
  askItself(server, { request, respond }, step);
}

function isCached({ served, caches }: Server, { group = "", resource, namespace = "", body }: Wanted): boolean {
  const kind = served.stored.byPlural({ group, version: "v1", plural: resource });
  if (!kind) return false;
  const key = storageKey(kind, { namespace, name: body.metadata.name });
  return caches.get(kind.storagePrefix)?.items.has(key) === true;
}

/** Two servers that make the service at once both want its address; the second sees it taken by the first's. */
function isTakenByAnother({ reason, message = "" }: Frozen<Status>): boolean {
  return reason === "Invalid" && message.includes("provided IP is already allocated");
}
