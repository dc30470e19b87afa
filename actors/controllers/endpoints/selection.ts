import { getCondition } from "../../api/conditions.ts";
import { node } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { service } from "../../api/kinds/service.ts";
import { isPodReady, isPodTerminated } from "../../api/pod.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Pod, type Service } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import type { IndexOf } from "../../client/object_store.ts";
import { familyOf, type IpFamily } from "../../kit/ip_number.ts";
import type { Listers } from "../loop.ts";

type Labels = Readonly<Record<string, string>>;

const pairOf = (namespace: string, label: string, value: string) => `${namespace}/${label}=${value}`;
const none: readonly never[] = [];

/** Of a Service with a selector, whose endpoints are made for it. */
export function hasSelector({ spec }: Frozen<Service>): boolean {
  if (spec.type === "ExternalName" || spec.selector === undefined) return false;
  for (const _label in spec.selector) return true;
  return false;
}

/** The label of a selector by which pods are looked up: the first in order of names. */
function leadOf(selector: Labels | undefined): string | undefined {
  let lead: string | undefined;
  for (const label in selector) if (lead === undefined || label < lead) lead = label;
  return lead;
}

/** The index `selector` of Services: a pod finds those that may select it by each of its labels. */
export const servicesByLead: IndexOf<Service> = ({ metadata, spec }) => {
  const lead = leadOf(spec.selector);
  return lead === undefined ? none : [pairOf(metadata.namespace ?? "", lead, spec.selector?.[lead] ?? "")];
};

/** The index `label` of pods: a Service finds those that it may select. */
export const podsByLabel: IndexOf<Pod> = ({ metadata }) => {
  const { namespace = "", labels } = metadata;
  const pairs: string[] = [];
  for (const label in labels) pairs.push(pairOf(namespace, label, labels[label] ?? ""));
  return pairs;
};

/** The index `node` of pods. */
export const podsByNode: IndexOf<Pod> = ({ spec }) => (spec.nodeName ? [spec.nodeName] : none);

function selects(selector: Labels | undefined, labels: Labels | undefined): boolean {
  for (const label in selector) if (labels?.[label] !== selector[label]) return false;
  return true;
}

/** The pods that a Service selects, whatever state they are in. */
export function selectedPods({ metadata, spec }: Frozen<Service>, listers: Listers): Frozen<Pod>[] {
  const lead = leadOf(spec.selector);
  if (lead === undefined) return [];
  const candidates = listers.of(pod).by("label", pairOf(metadata.namespace ?? "", lead, spec.selector?.[lead] ?? ""));
  return candidates.filter((each) => selects(spec.selector, each.metadata.labels));
}

/** The keys of the Services that select what has these labels. */
export function servicesOf(
  { namespace = "", labels }: { readonly namespace?: string | undefined; readonly labels?: Labels | undefined },
  listers: Listers,
): string[] {
  const services = listers.of(service);
  const keys: string[] = [];
  for (const label in labels) {
    for (const each of services.by("selector", pairOf(namespace, label, labels[label] ?? ""))) {
      if (hasSelector(each) && selects(each.spec.selector, labels)) keys.push(keyOf(each));
    }
  }
  return keys;
}

/** The Services whose endpoints a pod's change may change: those that select it, and those that did. */
export function servicesOfPodChange({ object, previous }: Change<Pod>, listers: Listers): readonly string[] {
  if (!previous) return servicesOf(object.metadata, listers);
  const isMoved = !jsonEqual(object.metadata.labels ?? {}, previous.metadata.labels ?? {});
  if (isMoved)
    return [...new Set([...servicesOf(object.metadata, listers), ...servicesOf(previous.metadata, listers)])];
  return isSameEndpoint(object, previous) ? none : servicesOf(object.metadata, listers);
}

/** Whether nothing of a pod changed that its endpoints tell. */
function isSameEndpoint(object: Frozen<Pod>, previous: Frozen<Pod>): boolean {
  return (
    isPodReady(object) === isPodReady(previous) &&
    isPodTerminated(object) === isPodTerminated(previous) &&
    (object.metadata.deletionTimestamp === undefined) === (previous.metadata.deletionTimestamp === undefined) &&
    object.spec.nodeName === previous.spec.nodeName &&
    object.spec.hostname === previous.spec.hostname &&
    object.spec.subdomain === previous.spec.subdomain &&
    object.status.podIP === previous.status.podIP &&
    jsonEqual(object.status.podIPs, previous.status.podIPs)
  );
}

/** The label that says in which zone a node is. */
export const zoneLabel = "topology.kubernetes.io/zone";

/** The Services that select pods of a node which came, went, or changed its zone. */
export function servicesOfNodeChange({ type, object, previous }: Change<Node>, listers: Listers): readonly string[] {
  const isSameZone = object.metadata.labels?.[zoneLabel] === previous?.metadata.labels?.[zoneLabel];
  if (type === "updated" && isSameZone) return none;
  const keys = new Set<string>();
  for (const { metadata } of listers.of(pod).by("node", object.metadata.name)) {
    for (const key of servicesOf(metadata, listers)) keys.add(key);
  }
  return [...keys];
}

/** The zone of a node; undefined when it has none, `missing` when there is no such node. */
export function zoneOf(name: string | undefined, listers: Listers): { readonly zone?: string } | "missing" {
  const found = listers.of(node).get(name ?? "");
  if (!found) return "missing";
  const zone = found.metadata.labels?.[zoneLabel];
  return zone ? { zone } : {};
}

/** Whether a pod has an address that a Service may lead to. */
export function isAddressable(object: Frozen<Pod>): boolean {
  return !isPodTerminated(object) && allAddressesOf(object).length > 0;
}

/** The addresses of a pod that are of a family. */
export function addressesOf(object: Frozen<Pod>, family: IpFamily): readonly string[] {
  return allAddressesOf(object).filter((ip) => familyOf(ip) === family);
}

function allAddressesOf({ status }: Frozen<Pod>): readonly string[] {
  const { podIP = "", podIPs } = status;
  const all = podIPs ? podIPs.map(({ ip = "" }) => ip) : [podIP];
  return all.filter((ip) => ip !== "");
}

/** The families that a Service leads to, the one that leads first. */
export function familiesOf({ spec }: Frozen<Service>): readonly IpFamily[] {
  const { ipFamilies = [], clusterIP = "" } = spec;
  if (ipFamilies.length > 0) return ipFamilies as readonly IpFamily[];
  // Written before Services told their families.
  return clusterIP === "" || clusterIP === "None" ? ["IPv4", "IPv6"] : [familyOf(clusterIP)];
}

/** Whether a pod's host name is to be told: its subdomain is the Service's name. */
export function hostnameFor({ spec, metadata }: Frozen<Pod>, owner: Frozen<Service>): string | undefined {
  const isOf = spec.subdomain === owner.metadata.name && metadata.namespace === owner.metadata.namespace;
  return isOf && spec.hostname ? spec.hostname : undefined;
}

/** When a pod's readiness last changed, in milliseconds since 1970. */
export function readinessTime({ status }: Frozen<Pod>): string | undefined {
  return getCondition(status.conditions, "Ready")?.lastTransitionTime;
}
