import { endpoints as endpointsKind } from "../../api/kinds/endpoints.ts";
import { pod } from "../../api/kinds/pod.ts";
import { service } from "../../api/kinds/service.ts";
import { isPodReady } from "../../api/pod.ts";
import {
  type EndpointAddress,
  type EndpointSubset,
  type Endpoints,
  type Frozen,
  jsonEqual,
  keyOf,
  type Pod,
  type Service,
} from "../../api/types.ts";
import type { IpFamily } from "../../kit/ip_number.ts";
import { present } from "../../kit/present.ts";
import { endpointPorts } from "../endpoints/ports.ts";
import {
  addressesOf,
  familiesOf,
  hasSelector,
  hostnameFor,
  isAddressable,
  podsByLabel,
  selectedPods,
  servicesByLead,
  servicesOfPodChange,
} from "../endpoints/selection.ts";
import { headlessLabel } from "../endpoints/slice_packing.ts";
import { type PortedAddress, packSubsets, truncated } from "../endpoints/subsets.ts";
import { createTriggerTimes, type TriggerTimes, withTrigger } from "../endpoints/trigger_times.ts";
import { createWrittenVersions, type WrittenVersions } from "../endpoints/written_versions.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

/** The label that says that an Endpoints object is kept by this controller. */
export const endpointsManagedByLabel = "endpoints.kubernetes.io/managed-by";
const manager = "endpoint-controller";
/** The annotation on an Endpoints object that had to leave addresses out. */
const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

interface Memory {
  readonly triggers: TriggerTimes;
  readonly written: WrittenVersions;
  /** Services that were seen to go: what is left of their Endpoints goes, too, whoever made them. */
  readonly gone: Set<string>;
}

interface Desired {
  readonly owner: Frozen<Service> | undefined;
}

interface Observed {
  readonly current: Frozen<Endpoints> | undefined;
  readonly subsets: readonly EndpointSubset[];
  readonly trigger: string | undefined;
}

interface Difference extends Desired {
  readonly current: Frozen<Endpoints> | undefined;
  /** Undefined when there is to be none, or nothing is to be changed. */
  readonly wanted: Endpoints | undefined;
}

/** Keeps the one Endpoints object of each Service with a selector: what there was before EndpointSlices. */
export const endpoints = defineLoop<Desired, Observed, Difference, Memory>({
  name: "endpoints",
  component: "endpoint-controller",
  watches: [
    watch<Service, Memory>({
      kind: service,
      indexes: { selector: servicesByLead },
      keys({ type, object }, { memory }) {
        const key = keyOf(object);
        if (type === "deleted") memory.gone.add(key);
        return [key];
      },
    }),
    watch<Pod>({
      kind: pod,
      indexes: { label: podsByLabel },
      keys: (change, { listers }) => servicesOfPodChange(change, listers),
    }),
    watch<Endpoints>({ kind: endpointsKind, keys: ({ object }) => [keyOf(object)] }),
  ],
  begin: () => ({ triggers: createTriggerTimes(), written: createWrittenVersions(), gone: new Set() }),

  obtain(key, listers, { memory }) {
    const owner = listers.of(service).get(key);
    if (owner) {
      memory.gone.delete(key);
      return hasSelector(owner) ? { owner } : undefined;
    }
    memory.triggers.forget(key);
    const current = listers.of(endpointsKind).get(key);
    const isOurs = current?.metadata.labels?.[endpointsManagedByLabel] === manager || memory.gone.has(key);
    if (!current) memory.gone.delete(key);
    return current && isOurs ? { owner: undefined } : undefined;
  },

  observe({ owner }, listers, { key, memory }) {
    const current = listers.of(endpointsKind).get(key);
    if (!owner) return { current, subsets: [], trigger: undefined };
    const pods = selectedPods(owner, listers);
    return { current, subsets: subsetsOf(owner, pods), trigger: memory.triggers.next(owner, pods) };
  },

  difference: ({ owner }, { current, subsets, trigger }) => ({
    owner,
    current,
    wanted: owner && wantedFor(owner, { current, subsets, trigger }),
  }),

  reconcile({ owner, current, wanted }, { memory, uptimeMs }): Plan {
    const { written } = memory;
    const staleMs = current && written.staleForMs(current, uptimeMs);
    if (staleMs !== undefined) return { actions: [], againAfterMs: staleMs };
    if (!owner) return current ? { actions: [deletionOf(current)] } : nothingToDo;
    if (!wanted) return nothingToDo;
    if (current) written.wrote(current, uptimeMs);
    return {
      actions: [writeOf(owner, { current, wanted })],
      onFailure({ action }) {
        written.unwritten(action);
        return [];
      },
      onUnsent: written.unwritten,
    };
  },
});

function subsetsOf(owner: Frozen<Service>, pods: readonly Frozen<Pod>[]): EndpointSubset[] {
  const publishesAll = owner.spec.publishNotReadyAddresses === true;
  const isHeadless = owner.spec.clusterIP === "None";
  // It was made when Services had one family: it has the addresses of the one that leads, and no others.
  const [family = "IPv4"] = familiesOf(owner);
  const ported: PortedAddress[] = [];
  for (const each of pods) {
    const address = isAddressable(each) ? addressOf(each, owner, family) : undefined;
    if (!address || (each.metadata.deletionTimestamp && !publishesAll)) continue;
    const ready = publishesAll || isPodReady(each);
    const ports = endpointPorts(owner, each);
    if ((owner.spec.ports ?? []).length === 0) {
      if (isHeadless) ported.push({ address, port: undefined, ready });
      continue;
    }
    for (const { name = "", port = 0, ...rest } of ports) {
      ported.push({ address, ready, port: { ...(name === "" ? {} : { name }), port, ...rest } });
    }
  }
  return packSubsets(ported);
}

function addressOf(object: Frozen<Pod>, owner: Frozen<Service>, family: IpFamily): EndpointAddress | undefined {
  const [ip] = addressesOf(object, family);
  if (ip === undefined) return undefined;
  const { name, namespace = "", uid = "" } = object.metadata;
  const { nodeName } = object.spec;
  const hostname = hostnameFor(object, owner);
  return {
    ip,
    ...present({ hostname }),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

/** The object as it is to be; undefined when it is so already. */
function wantedFor(owner: Frozen<Service>, { current, subsets, trigger }: Observed): Endpoints | undefined {
  const cut = truncated(subsets);
  const kept = cut ?? subsets;
  const { name, namespace } = owner.metadata;
  const { [headlessLabel]: _headless, ...own } = owner.metadata.labels ?? {};
  const isHeadless = !owner.spec.clusterIP || owner.spec.clusterIP === "None";
  const labels = { ...own, ...(isHeadless ? { [headlessLabel]: "" } : {}), [endpointsManagedByLabel]: manager };
  const { [overCapacityAnnotation]: before, ...others } = current?.metadata.annotations ?? {};
  const isSame =
    current &&
    jsonEqual(current.subsets ?? [], kept) &&
    jsonEqual(current.metadata.labels ?? {}, labels) &&
    (before !== undefined) === (cut !== undefined);
  if (isSame) return undefined;
  const annotations = { ...withTrigger(others, trigger), ...(cut ? { [overCapacityAnnotation]: "truncated" } : {}) };
  const metadata = { ...(current?.metadata ?? { name, ...present({ namespace }) }) };
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { ...(metadata as Endpoints["metadata"]), labels, annotations },
    ...(kept.length > 0 ? { subsets: [...kept] } : {}),
  };
}

function writeOf(
  owner: Frozen<Service>,
  { current, wanted }: { readonly current: Frozen<Endpoints> | undefined; readonly wanted: Endpoints },
): Action {
  const [verb, reason] = current ? ["update", "FailedToUpdateEndpoint"] : ["create", "FailedToCreateEndpoint"];
  const message = current
    ? `Failed to ${verb} endpoint ${keyOf(owner)}: `
    : `Failed to ${verb} endpoint for service ${keyOf(owner)}: `;
  const failureReport = { about: wanted, type: "Warning", reason, message } as const;
  if (current) return { op: "update", kind: endpointsKind, object: wanted, failureReport };
  // Forbidden, NotFound: the namespace has begun to end in the meantime.
  return { op: "create", kind: endpointsKind, object: wanted, accept: ["Forbidden", "NotFound"], failureReport };
}

function deletionOf({ metadata: { namespace, name, uid = "" } }: Frozen<Endpoints>): Action {
  return { op: "delete", kind: endpointsKind, namespace, name, uid };
}
