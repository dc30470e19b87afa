import type { PodDisruptionBudget } from "../api/kinds/pod_disruption_budget.ts";
import type { Requirement } from "../api/label_requirement.ts";
import { nothing, type Selector, toSelector } from "../api/label_selector.ts";
import type { Frozen, KubeObject, LabelSelector, Service } from "../api/types.ts";
import { createDeviceIndex, type DeviceIndex } from "./devices/device_index.ts";
import { getOrMake } from "./get_or_make.ts";
import type { PodInfo } from "./pod_info.ts";
import { createVolumeIndex, type VolumeIndex } from "./volumes/volume_index.ts";

/** An object that owns pods by a label selector: a ReplicaSet, a StatefulSet. */
export interface PodOwner extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector };
}

/** The objects beside pods and nodes that say which pods belong together. */
export interface Related {
  /** A selector for the pods that belong together with this one: its services', its owner's; `undefined` without. */
  selectorFor(pod: PodInfo): Selector | undefined;
  /** The disruption budgets of a namespace, in order of their names. */
  budgets(namespace: string): readonly Frozen<PodDisruptionBudget>[];
  readonly volumes: VolumeIndex;
  readonly devices: DeviceIndex;
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
  /** All known namespaces, in order of their names. */
  namespaces(): readonly string[];
}

/** The same, with what keeps it up to date. */
export interface RelatedStore extends Related {
  setService(service: Frozen<Service>): void;
  removeService(service: Frozen<Service>): void;
  setOwner(owner: Frozen<PodOwner>): void;
  removeOwner(owner: Frozen<PodOwner>): void;
  setBudget(budget: Frozen<PodDisruptionBudget>): void;
  removeBudget(budget: Frozen<PodDisruptionBudget>): void;
  setNamespace(namespace: Frozen<KubeObject>): void;
  removeNamespace(namespace: Frozen<KubeObject>): void;
}

/** Makes an empty store. */
export function createRelated(): RelatedStore {
  const services = new Map<string, Map<string, readonly [string, string][]>>();
  const owners = new Map<string, Selector>();
  const budgets = new Map<string, Map<string, Frozen<PodDisruptionBudget>>>();
  const namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  const ownerId = (kind: string, namespace: string, name: string) => `${kind}/${namespace}/${name}`;
  const idOf = ({ kind, metadata }: Frozen<KubeObject>) => ownerId(kind, metadata.namespace ?? "", metadata.name);

  function requirementsFor(pod: PodInfo): Requirement[] {
    const labels = new Map<string, string>();
    for (const selector of services.get(pod.namespace)?.values() ?? []) {
      if (selector.length === 0 || !selector.every(([key, value]) => pod.labels[key] === value)) continue;
      for (const [key, value] of selector) labels.set(key, value);
    }
    return [...labels].map(([key, value]) => ({ key, operator: "=", values: [value] }));
  }

  function ownerSelector(pod: PodInfo): Selector | undefined {
    const owner = pod.pod.metadata.ownerReferences?.find(({ controller }) => controller);
    return owner && owners.get(ownerId(owner.kind, pod.namespace, owner.name));
  }

  return {
    selectorFor(pod) {
      const own = ownerSelector(pod);
      const byService = requirementsFor(pod);
      if (own?.nothing) return undefined;
      const requirements = own ? [...byService, ...own.requirements] : byService;
      if (requirements.length === 0) return undefined;
      return own && byService.length === 0 ? own : { nothing: false, requirements };
    },
    budgets: (namespace) =>
      [...(budgets.get(namespace)?.values() ?? [])].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    volumes: createVolumeIndex(),
    devices: createDeviceIndex(),
    namespaceLabels: (namespace) => namespaceLabels.get(namespace),
    namespaces: () => [...namespaceLabels.keys()].sort(),
    setService({ metadata: { namespace = "", name }, spec }) {
      getOrMake(services, namespace, () => new Map()).set(name, Object.entries(spec.selector ?? {}));
    },
    removeService: ({ metadata }) => void services.get(metadata.namespace ?? "")?.delete(metadata.name),
    setOwner(owner) {
      const selector = toSelector(owner.spec.selector);
      owners.set(idOf(owner), selector.ok ? selector.value : nothing);
    },
    removeOwner: (owner) => void owners.delete(idOf(owner)),
    setBudget(budget) {
      const { namespace = "", name } = budget.metadata;
      getOrMake(budgets, namespace, () => new Map()).set(name, budget);
    },
    removeBudget: ({ metadata }) => void budgets.get(metadata.namespace ?? "")?.delete(metadata.name),
    setNamespace: ({ metadata }) => void namespaceLabels.set(metadata.name, metadata.labels ?? {}),
    removeNamespace: ({ metadata }) => void namespaceLabels.delete(metadata.name),
  };
}
