import { endpointSlice as endpointSliceKind } from "../../api/kinds/endpoint_slice.ts";
import { node } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { service } from "../../api/kinds/service.ts";
import { type EndpointSlice, type Frozen, keyOf, type Node, type Pod, type Service } from "../../api/types.ts";
import type { IpFamily } from "../../kit/ip_number.ts";
import { endpointPorts, portsKey } from "../endpoints/ports.ts";
import {
  addressesOf,
  familiesOf,
  hasSelector,
  isAddressable,
  podsByLabel,
  podsByNode,
  selectedPods,
  servicesByLead,
  servicesOfNodeChange,
  servicesOfPodChange,
  zoneOf,
} from "../endpoints/selection.ts";
import { endpointOf } from "../endpoints/slice_endpoint.ts";
import {
  endpointId,
  type Group,
  headlessLabel,
  managedByLabel,
  type Packing,
  packByFamily,
  serviceNameLabel,
} from "../endpoints/slice_packing.ts";
import { createTriggerTimes, type TriggerTimes, withTrigger } from "../endpoints/trigger_times.ts";
import { createWrittenVersions, type WrittenVersions } from "../endpoints/written_versions.ts";
import { defineLoop, type Listers, type Turn, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

const manager = "endpointslice-controller.k8s.io";

interface Memory {
  readonly triggers: TriggerTimes;
  readonly written: WrittenVersions;
}

interface Observed {
  readonly existing: readonly Frozen<EndpointSlice>[];
  readonly groups: ReadonlyMap<IpFamily, ReadonlyMap<string, Group>>;
  readonly trigger: string | undefined;
  isTaken(name: string): boolean;
}

interface Difference extends Packing {
  readonly owner: Frozen<Service>;
  readonly existing: readonly Frozen<EndpointSlice>[];
}

/** Keeps the EndpointSlices of each Service with a selector equal to the pods that it selects. */
export const endpointSlice = defineLoop<Frozen<Service>, Observed, Difference, Memory>({
  name: "endpoint-slice",
  component: "endpoint-slice-controller",
  account: "endpointslice-controller",
  watches: [
    watch<Service>({ kind: service, indexes: { selector: servicesByLead }, keys: ({ object }) => [keyOf(object)] }),
    watch<Pod>({
      kind: pod,
      indexes: { label: podsByLabel, node: podsByNode },
      keys: (change, { listers }) => servicesOfPodChange(change, listers),
    }),
    watch<EndpointSlice>({
      kind: endpointSliceKind,
      indexes: { service: (slice) => ownersOf(slice) },
      keys: ({ object, previous }) => [...ownersOf(object), ...(previous ? ownersOf(previous) : [])],
      expectedBy: (slice) => ownersOf(slice)[0],
    }),
    watch<Node>({ kind: node, keys: (change, { listers }) => servicesOfNodeChange(change, listers) }),
  ],
  begin: () => ({ triggers: createTriggerTimes(), written: createWrittenVersions() }),

  obtain(key, listers, { memory }) {
    const found = listers.of(service).get(key);
    if (!found) memory.triggers.forget(key);
    return found && hasSelector(found) ? found : undefined;
  },

  observe(owner, listers, turn) {
    const pods = selectedPods(owner, listers);
    const existing = listers.of(endpointSliceKind).by("service", turn.key);
    const families = familiesOf(owner);
    const groups = new Map(families.map((family) => [family, groupsOf(owner, { pods, family }, listers)]));
    const isTaken = (name: string) => listers.of(endpointSliceKind).has(`${owner.metadata.namespace}/${name}`);
    return { existing, groups, trigger: turn.memory.triggers.next(owner, pods), isTaken };
  },

  difference: (owner, { existing, groups, trigger, isTaken }) => ({
    owner,
    existing,
    ...packByFamily([...groups.keys()], existing, (family, own) => ({
      owner,
      baseName: owner.metadata.name,
      labels: labelsOf(owner),
      addressType: family,
      annotations: (before) => withTrigger(before, trigger),
      groups: groups.get(family) ?? new Map(),
      existing: own,
      isTaken,
      keepsPlaceholder: true,
    })),
  }),

  reconcile(difference, turn): Plan {
    if (!turn.expectationsMet) return nothingToDo;
    const staleMs = staleForMs(difference, turn);
    if (staleMs !== undefined) return { actions: [], againAfterMs: staleMs };
    const { written } = turn.memory;
    for (const each of difference.update) written.wrote(each, turn.uptimeMs);
    return {
      actions: actionsOf(difference),
      onFailure({ action }) {
        written.unwritten(action);
        return [];
      },
      onUnsent: written.unwritten,
    };
  },
});

/** The key of the Service that a slice of ours is for. */
function ownersOf({ metadata }: Frozen<EndpointSlice>): readonly string[] {
  const { [serviceNameLabel]: name = "", [managedByLabel]: by } = metadata.labels ?? {};
  return by === manager && name !== "" ? [`${metadata.namespace}/${name}`] : [];
}

function staleForMs({ existing }: Difference, { memory, uptimeMs }: Turn<Memory>): number | undefined {
  for (const each of existing) {
    const waitMs = memory.written.staleForMs(each, uptimeMs);
    if (waitMs !== undefined) return waitMs;
  }
  return undefined;
}

/** The endpoints that are wanted, by the ports that they share. */
function groupsOf(
  owner: Frozen<Service>,
  { pods, family }: { readonly pods: readonly Frozen<Pod>[]; readonly family: IpFamily },
  listers: Listers,
): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const each of pods) {
    if (!isAddressable(each) || addressesOf(each, family).length === 0) continue;
    const place = zoneOf(each.spec.nodeName, listers);
    // A pod whose node is gone goes, too, sooner or later; the user may ask for its address all the same.
    if (place === "missing" && !owner.spec.publishNotReadyAddresses) continue;
    const ports = endpointPorts(owner, each);
    const key = portsKey(ports);
    let group = groups.get(key);
    if (!group) {
      group = { ports, endpoints: new Map() };
      groups.set(key, group);
    }
    const endpoint = endpointOf(each, owner, { ...(place === "missing" ? {} : place), family });
    group.endpoints.set(endpointId(endpoint), endpoint);
  }
  return groups;
}

function labelsOf({ metadata, spec }: Frozen<Service>): Record<string, string> {
  const isHeadless = !spec.clusterIP || spec.clusterIP === "None";
  const { [headlessLabel]: _headless, ...own } = metadata.labels ?? {};
  return {
    ...own,
    ...(isHeadless ? { [headlessLabel]: "" } : {}),
    [serviceNameLabel]: metadata.name,
    [managedByLabel]: manager,
  };
}

function actionsOf({ owner, create, update, remove }: Difference): Action[] {
  const failureReport = {
    about: owner,
    type: "Warning",
    reason: "FailedToUpdateEndpointSlices",
    message: `Error updating Endpoint Slices for Service ${keyOf(owner)}: `,
  } as const;
  const kind = endpointSliceKind;
  // While a Service is being deleted its slices are collected, and must not be made anew.
  const wanted = owner.metadata.deletionTimestamp === undefined ? create : [];
  return [
    // Forbidden, NotFound: the namespace has begun to end in the meantime.
    ...wanted.map((object): Action => {
      return { op: "create", kind, object, expected: true, accept: ["Forbidden", "NotFound"], failureReport };
    }),
    ...update.map((object): Action => ({ op: "update", kind, object, failureReport })),
    ...remove.map(({ metadata: { namespace, name, uid = "" } }): Action => {
      return { op: "delete", kind, namespace, name, uid, expected: true, failureReport };
    }),
  ];
}
