import { type IPAddress, ipAddress } from "../../api/kinds/ip_address.ts";
import { service as serviceKind } from "../../api/kinds/service.ts";
import { type ServiceCIDR, serviceCidr } from "../../api/kinds/service_cidr.ts";
import { addressLabels, addressManager, hasAddress, isGiven } from "../../api/service_ranges.ts";
import { parseTime } from "../../api/time.ts";
import { type Frozen, type KubeObject, keyOf, type Service } from "../../api/types.ts";
import type { Outcome } from "../../client/outcome.ts";
import type { Report } from "../../client/report.ts";
import { familyOf, ipNumber } from "../../kit/ip_number.ts";
import { canonicalAddress } from "../../network/ip.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

/** What a key is about: a Service, whose addresses are to be its own, or an address, which is to be some Service's. */
type Desired = { readonly service: Frozen<Service> } | { readonly address: Frozen<IPAddress> };

/** What is wrong; the action that mends it, if one does, tells of it. */
interface Wrong {
  readonly about: Frozen<KubeObject>;
  readonly reason: string;
  readonly message: string;
  readonly mend: "claim" | "claim anew" | "remove" | "nothing";
  readonly ip: string;
}

interface Observed {
  readonly wrong: readonly Wrong[];
  readonly againAfterMs?: number;
}

/** A Service may be made, or be given another address, while it is looked at: it has so long to show that. */
const graceMs = 60_000;

/**
 * Sees to it that each Service's address is an IPAddress that says so, and that no such IPAddress is left behind.
 *
 * It watches Services, ServiceCIDRs and IPAddresses, and makes and removes the latter. API servers here give a Service
 * its address in the write that makes it, so all that there is to mend is what somebody did by hand. It follows
 * Kubernetes' `ipallocator-repair-controller`, which is a part of kube-apiserver.
 */
export const serviceAddressRepair = defineLoop<Desired, Observed, Observed>({
  name: "service-address-repair",
  component: "ipallocator-repair-controller",
  watches: [
    watch<Service>({ kind: serviceKind, keys: ({ object }) => [`service ${keyOf(object)}`, ...addressKeys(object)] }),
    watch<ServiceCIDR>({ kind: serviceCidr, keys: () => [] }),
    watch<IPAddress>({
      kind: ipAddress,
      keys({ object: { metadata, spec } }) {
        const { namespace, name } = spec.parentRef ?? {};
        return [`address ${metadata.name}`, `service ${namespace}/${name}`];
      },
    }),
  ],

  obtain(key, listers) {
    const [what, name = ""] = key.split(" ");
    const service = what === "service" ? listers.of(serviceKind).get(name) : undefined;
    const address = what === "address" ? listers.of(ipAddress).get(name) : undefined;
    if (service) return { service };
    return address && isGiven(address) ? { address } : undefined;
  },

  observe(desired, listers, { nowMs }) {
    if ("address" in desired) return strayOf(desired.address, listers, nowMs);
    const { service } = desired;
    return { wrong: clusterIpsOf(service).flatMap((ip) => wrongWith(ip, service, listers) ?? []) };
  },

  difference: (_desired, observed) => observed,

  reconcile({ wrong, againAfterMs }): Plan {
    const again = againAfterMs === undefined ? {} : { againAfterMs };
    return wrong.length === 0 ? { ...nothingToDo, ...again } : { actions: wrong.flatMap(mending), ...again };
  },
});

/** The addresses of a Service as their objects are named, however it writes them. */
function clusterIpsOf({ spec, metadata }: Frozen<Service>): readonly string[] {
  if (spec.type === "ExternalName" || metadata.deletionTimestamp !== undefined) return [];
  const ips = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  return ips.filter((ip) => ip !== "" && ip !== "None").map(canonicalAddress);
}

function addressKeys(service: Frozen<Service>): readonly string[] {
  return clusterIpsOf(service).map((ip) => `address ${ip}`);
}

function wrongWith(ip: string, service: Frozen<Service>, listers: Listers): Wrong | undefined {
  const named = keyOf(service as Frozen<KubeObject>);
  const found = (reason: string, message: string, mend: Wrong["mend"]): Wrong => ({
    ...{ about: service as Frozen<KubeObject>, reason, message, mend, ip },
  });
  const family = familyOf(ip);
  if (ipNumber(ip) === undefined) {
    return found("ClusterIPNotValid", `Cluster IP ${ip} is not a valid IP; please recreate Service`, "nothing");
  }
  const ranges = [...listers.of(serviceCidr).values()];
  if (ranges.length > 0 && !ranges.some((range) => hasAddress(range, ip))) {
    const message = `Cluster IP [${family}]: ${ip} is not within any configured Service CIDR; please recreate service`;
    return found("ClusterIPOutOfRange", message, "nothing");
  }
  const address = listers.of(ipAddress).get(ip);
  if (!address)
    return found("ClusterIPNotAllocated", `Cluster IP [${family}]: ${ip} is not allocated; repairing`, "claim");
  const { group = "", resource, namespace, name } = address.spec.parentRef ?? {};
  const holder =
    group === "" && resource === "services" ? listers.of(serviceKind).get(`${namespace}/${name}`) : undefined;
  const isOurs = holder?.metadata.uid === service.metadata.uid;
  if (holder && !isOurs && clusterIpsOf(holder).includes(ip)) {
    const message = `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`;
    return found("ClusterIPAlreadyAllocated", message, "nothing");
  }
  if (isOurs && isGiven(address) && address.metadata.labels?.[addressLabels.family] === family) return undefined;
  const message = `the ClusterIP [${family}]: ${ip} for Service ${named} has a wrong reference; repairing`;
  return found("ClusterIPNotAllocated", message, "claim anew");
}

/** What is wrong with an address that the API server gave: nobody has it, or not he that it names. */
function strayOf(address: Frozen<IPAddress>, listers: Listers, nowMs: number): Observed {
  const ip = address.metadata.name;
  const { group = "", resource, namespace, name } = address.spec.parentRef ?? {};
  const found = (reason: string, message: string): Observed => ({
    wrong: [{ about: address as Frozen<KubeObject>, reason, message, mend: "remove", ip }],
  });
  if (group !== "" || resource !== "services") {
    const reference = `&{${group} ${resource} ${namespace ?? ""} ${name}}`;
    const why = `appears to have been modified, not referencing a Service ${reference}: cleaning up`;
    return found("IPAddressNotAllocated", `IPAddress ${ip} ${why}`);
  }
  const service = listers.of(serviceKind).get(`${namespace}/${name}`);
  if (service && (clusterIpsOf(service).includes(ip) || service.metadata.deletionTimestamp)) return { wrong: [] };
  const leftMs = (parseTime(address.metadata.creationTimestamp ?? "") ?? nowMs) + graceMs - nowMs;
  if (leftMs >= 0) return { wrong: [], againAfterMs: leftMs + 1 };
  const whose = `IPAddress: ${ip} for Service ${namespace}/${name}`;
  if (service) return found("IPAddressWrongReference", `${whose} has a wrong reference; cleaning up`);
  return found("IPAddressNotAllocated", `${whose} appears to have leaked: cleaning up`);
}

/** Mirrors of two kinds do not show one write at once, so the API is asked before anything is done. */
function mending({ about, reason, message, mend, ip }: Wrong): readonly Action[] {
  const report: Report = { about, type: "Warning", reason, message };
  const { namespace = "", name, uid = "" } = about.metadata;
  const remove = { op: "delete", kind: ipAddress, name: ip } as const;
  if (mend === "nothing") return [{ op: "tell", kind: serviceKind, object: about, report }];
  if (mend === "remove") {
    const version = about.metadata.resourceVersion ?? "";
    return unlessHeld(about as Frozen<IPAddress>, {
      ...remove,
      uid,
      resourceVersion: version,
      accept: ["Conflict"],
      report,
    });
  }
  const alive: Action = { op: "ensureAlive", kind: serviceKind, namespace, name, uid };
  const create: Action = { op: "create", kind: ipAddress, object: addressFor(ip, about), report };
  return mend === "claim"
    ? [alive, { op: "ensureAbsent", kind: ipAddress, name: ip }, create]
    : [alive, remove, create];
}

/** Before an address is taken away: the Service that it names must not be there, or have another. */
function unlessHeld({ metadata, spec }: Frozen<IPAddress>, removal: Action): readonly Action[] {
  const { resource, namespace, name = "" } = spec.parentRef ?? {};
  if (resource !== "services") return [removal];
  const found = (outcome: Outcome<unknown>): readonly Action[] => {
    if (!outcome.ok) return outcome.failure.reason === "NotFound" ? [removal] : [];
    return clusterIpsOf(outcome.value as Frozen<Service>).includes(metadata.name) ? [] : [removal];
  };
  return [{ op: "read", kind: serviceKind, namespace, name, found }];
}

function addressFor(name: string, { metadata }: Frozen<KubeObject>): KubeObject {
  const labels = { [addressLabels.family]: familyOf(name), [addressLabels.managedBy]: addressManager };
  const parentRef = { group: "", resource: "services", namespace: metadata.namespace ?? "", name: metadata.name };
  const object: IPAddress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "IPAddress",
    metadata: { name, labels },
    spec: { parentRef },
  };
  return object;
}
