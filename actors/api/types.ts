/**
 * The shapes of the API objects, as a server always sends them: metadata, spec and status are there, even
 * when empty. Everything here is a type, but for the few functions that have no better home.
 */

import type { DeploymentSpec, DeploymentStatus, ReplicaSetSpec, ReplicaSetStatus } from "kubernetes-types/apps/v1.js";
import type { LeaseSpec as CoordinationLeaseSpec } from "kubernetes-types/coordination/v1.js";
import type {
  ConfigMap as CoreConfigMap,
  Endpoints as CoreEndpoints,
  Event as CoreEvent,
  PodCondition as CorePodCondition,
  PodStatus as CorePodStatus,
  Secret as CoreSecret,
  ServiceAccount as CoreServiceAccount,
  NamespaceSpec,
  NamespaceStatus,
  NodeSpec,
  NodeStatus,
  PodSpec,
  ServiceSpec,
  ServiceStatus,
} from "kubernetes-types/core/v1.js";
import type { EndpointSlice as DiscoveryEndpointSlice } from "kubernetes-types/discovery/v1.js";
import type { Event as EventsEvent } from "kubernetes-types/events/v1.js";
import type { ListMeta, ObjectMeta as MetaObjectMeta } from "kubernetes-types/meta/v1.js";

export type {
  DeploymentCondition,
  DeploymentSpec,
  DeploymentStatus,
  ReplicaSetCondition,
  ReplicaSetSpec,
  ReplicaSetStatus,
} from "kubernetes-types/apps/v1.js";
export type {
  Affinity,
  Container,
  ContainerImage,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  EndpointAddress,
  EndpointSubset,
  EnvVar,
  EphemeralContainer,
  LoadBalancerStatus,
  NamespaceSpec,
  NamespaceStatus,
  NodeAddress,
  NodeCondition,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  NodeSpec,
  NodeStatus,
  ObjectReference,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
  ServicePort,
  ServiceSpec,
  ServiceStatus,
  Taint,
  Toleration,
  TopologySpreadConstraint,
  Volume,
  VolumeMount,
} from "kubernetes-types/core/v1.js";
export type { Endpoint, EndpointPort } from "kubernetes-types/discovery/v1.js";
export type {
  Condition,
  LabelSelector,
  LabelSelectorRequirement,
  ListMeta,
  OwnerReference,
  Status,
  StatusCause,
  StatusDetails,
} from "kubernetes-types/meta/v1.js";

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object whose fields are not known here. */
export type Fields = Record<string, unknown>;

/** A type whose every level may only be read: what caches, messages and decoded objects are. */
export type Frozen<T> = T extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Metadata of one object; a name is there, empty only before `generateName` has been used. */
export interface ObjectMeta extends Writable<MetaObjectMeta> {
  name: string;
}

/** What every API object has. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** A list as a server answers it. */
export interface KubeList<T extends KubeObject = KubeObject> {
  apiVersion: string;
  kind: string;
  metadata: ListMeta;
  items: T[];
}

/** A condition of a pod; `observedGeneration` is newer than the package that gives the other fields. */
export interface PodCondition extends CorePodCondition {
  observedGeneration?: number;
}

/** What is known of a pod; `observedGeneration` is newer than the package that gives the other fields. */
export interface PodStatus extends CorePodStatus {
  conditions?: PodCondition[];
  observedGeneration?: number;
}

/** A group of containers that run together on one node. */
export interface Pod extends KubeObject {
  spec: PodSpec;
  status: PodStatus;
}

/** A machine that runs pods. */
export interface Node extends KubeObject {
  spec: NodeSpec;
  status: NodeStatus & RuntimeAbilities;
}

/** What a node's runtime can do: newer than the package that gives the rest of its status. */
export interface RuntimeAbilities {
  features?: { supplementalGroupsPolicy?: boolean };
  runtimeHandlers?: {
    name?: string;
    features?: { recursiveReadOnlyMounts?: boolean; userNamespaces?: boolean };
  }[];
}

/** A scope for names. */
export interface Namespace extends KubeObject {
  spec: NamespaceSpec;
  status: NamespaceStatus;
}

/** A name and an address for a set of pods. */
export interface Service extends KubeObject {
  spec: ServiceSpec;
  status: ServiceStatus;
}

/** A declarative rollout of pods. */
export interface Deployment extends KubeObject {
  spec: DeploymentSpec;
  status: DeploymentStatus;
}

/** A number of equal pods. */
export interface ReplicaSet extends KubeObject {
  spec: ReplicaSetSpec;
  status: ReplicaSetStatus;
}

/** A lease's state; `strategy` and `preferredHolder` belong to coordinated leader election. */
export interface LeaseSpec extends CoordinationLeaseSpec {
  preferredHolder?: string;
  strategy?: string;
}

/** A lock or heartbeat that expires. */
export interface Lease extends KubeObject {
  spec: LeaseSpec;
}

type Rest<T> = Omit<T, "apiVersion" | "kind" | "metadata">;

/** Plain configuration data. */
export interface ConfigMap extends KubeObject, Rest<CoreConfigMap> {}

/** Confidential data, its values in base64. */
export interface Secret extends KubeObject, Rest<CoreSecret> {}

/** An identity for the processes of pods. */
export interface ServiceAccount extends KubeObject, Rest<CoreServiceAccount> {}

/** The addresses behind a service, all in one object. */
export interface Endpoints extends KubeObject, Rest<CoreEndpoints> {}

/** Some of the addresses behind a service. */
export interface EndpointSlice extends KubeObject, Rest<DiscoveryEndpointSlice> {}

/** A report of something that happened, in its core v1 form, which is also the stored one. */
export interface Event extends KubeObject, Rest<CoreEvent> {}

/** A report of something that happened, in its events.k8s.io/v1 form. */
export interface EventV1 extends KubeObject, Rest<EventsEvent> {}

/** `object` with every level frozen, so that sharing it by reference is safe. */
export function deepFreeze<T>(object: T): Frozen<T> {
  if (typeof object !== "object" || object === null || Object.isFrozen(object)) return object as Frozen<T>;
  Object.freeze(object);
  // `for in` over an array makes a text of each number.
  if (Array.isArray(object)) for (const value of object) freezeInner(value);
  else for (const key in object) freezeInner(object[key]);
  return object as Frozen<T>;
}

function freezeInner(value: unknown): void {
  if (typeof value === "object" && value !== null) deepFreeze(value);
}

/** A copy of JSON data that its owner may change, made from what may only be read. */
export function thaw<T>(value: Frozen<T> | T): T {
  if (typeof value !== "object" || value === null) return value as T;
  if (Array.isArray(value)) return value.map((item) => thaw(item)) as T;
  const copy: Fields = {};
  for (const key in value) {
    const inner = thaw((value as Fields)[key]);
    if (key === "__proto__") setOwn(copy, { key, value: inner });
    else copy[key] = inner;
  }
  return copy as T;
}

/** Sets a field even if its name is `__proto__`, which an assignment would take for something else. */
export function setOwn(target: Fields, { key, value }: { key: string; value: unknown }): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/** What is under a key that a user chose, which may be called like what every object has: `constructor`, say. */
export function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Whether two JSON values are equal, whatever the order of their keys; an absent field equals `undefined`. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => jsonEqual(item, right[index]));
  }
  if (Array.isArray(right)) return false;
  const a = left as Fields;
  const b = right as Fields;
  // What every object inherits is nobody's field, though a label may be called so: `constructor`, say.
  for (const key in a) if (!jsonEqual(a[key], ownValue(b, key))) return false;
  for (const key in b) if (b[key] !== undefined && !Object.hasOwn(a, key)) return false;
  return true;
}

/** The name by which caches and queues know an object: `namespace/name`, or `name` alone. */
export function keyOf(object: Frozen<KubeObject>): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}
