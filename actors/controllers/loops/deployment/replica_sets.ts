import { podTemplateHash } from "../../../api/names.ts";
import { newControllerRef } from "../../../api/owner_references.ts";
import { podTemplateHashLabel } from "../../../api/pod.ts";
import { parseTime } from "../../../api/time.ts";
import {
  type Deployment,
  type Frozen,
  jsonEqual,
  type LabelSelector,
  type PodTemplateSpec,
  type ReplicaSet,
  thaw,
} from "../../../api/types.ts";
import {
  maxReplicasAnnotation,
  newSetAnnotations,
  nextRevision,
  numberIn,
  revisionOf,
  sizeAnnotations,
} from "./revision.ts";
import type { SetSize } from "./rolling.ts";

/** The ReplicaSets of a Deployment: the one of its present template, and the others. */
export interface Sets {
  readonly newest: Frozen<ReplicaSet> | undefined;
  readonly old: readonly Frozen<ReplicaSet>[];
  /** The revision that the newest has or should have. */
  readonly revision: bigint;
}

/** Sorts out the ReplicaSets; of several with the present template the oldest counts, as it may have pods. */
export function sortOut(deployment: Frozen<Deployment>, sets: readonly Frozen<ReplicaSet>[]): Sets {
  const oldestFirst = sets.toSorted(
    (a, b) => createdMs(a) - createdMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  const newest = oldestFirst.find((set) => isOfTemplate(set, deployment.spec.template));
  const old = oldestFirst.filter((set) => set !== newest);
  return { newest, old, revision: nextRevision(old) };
}

/** Whether a ReplicaSet makes pods of this template, but for the hash label. */
export function isOfTemplate(set: Frozen<ReplicaSet>, template: Frozen<PodTemplateSpec>): boolean {
  const own = set.spec.template;
  if (!own || !jsonEqual(own.spec, template.spec)) return false;
  const { labels: mine, ...rest } = own.metadata ?? {};
  const { labels: theirs, ...others } = template.metadata ?? {};
  return jsonEqual(withoutHash(mine), withoutHash(theirs)) && jsonEqual(rest, others);
}

function withoutHash(labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const { [podTemplateHashLabel]: _hash, ...rest } = labels ?? {};
  return rest;
}

/** The name that the ReplicaSet of the present template gets. */
export function newSetName(deployment: Frozen<Deployment>): string {
  return `${deployment.metadata.name}-${hashOf(deployment)}`;
}

function hashOf({ spec, status }: Frozen<Deployment>): string {
  return podTemplateHash(spec.template, status.collisionCount ?? 0);
}

/** How a new set begins. */
export interface NewSetOptions {
  readonly replicas: number;
  readonly revision: bigint;
  /** The most pods that the Deployment allows. */
  readonly replicasMax: number;
}

/** The ReplicaSet of the present template. */
export function newSetFor(
  deployment: Frozen<Deployment>,
  { replicas, revision, replicasMax }: NewSetOptions,
): ReplicaSet {
  const { spec, metadata } = deployment;
  const hash = { [podTemplateHashLabel]: hashOf(deployment) };
  const template = thaw(spec.template) as PodTemplateSpec;
  const labels = { ...template.metadata?.labels, ...hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: newSetName(deployment),
      namespace: metadata.namespace ?? "",
      labels,
      annotations: {
        ...newSetAnnotations(deployment, { revision }),
        ...sizeAnnotations(spec.replicas ?? 1, replicasMax),
      },
      ownerReferences: [newControllerRef(deployment)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...(thaw(spec.selector) as LabelSelector), matchLabels: { ...spec.selector.matchLabels, ...hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

/** A set as the arithmetic sees it. */
export function sizeOf(set: Frozen<ReplicaSet>): SetSize {
  const replicas = set.spec.replicas ?? 1;
  return {
    name: set.metadata.name,
    replicas,
    // The status lags behind the spec: pods above what a set was just scaled down to are as good as gone, and to count
    // on them would take others away below maxUnavailable.
    available: Math.min(replicas, set.status.availableReplicas ?? 0),
    createdMs: createdMs(set),
    replicasMaxBefore: numberIn(set.metadata.annotations, maxReplicasAnnotation),
  };
}

/** Old sets without pods that the Deployment need not remember any more, oldest revision first. */
export function forgettable({ spec }: Frozen<Deployment>, old: readonly Frozen<ReplicaSet>[]): Frozen<ReplicaSet>[] {
  const limit = spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return [];
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = alive.length - limit;
  if (surplus <= 0) return [];
  const oldestFirst = alive.toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)) || createdMs(a) - createdMs(b));
  return oldestFirst.slice(0, surplus).filter(isEmptyAndSettled);
}

function isEmptyAndSettled({ metadata, spec, status }: Frozen<ReplicaSet>): boolean {
  const observed = (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);
  return observed && (status.replicas ?? 0) === 0 && spec.replicas === 0;
}

function createdMs({ metadata }: Frozen<ReplicaSet>): number {
  return parseTime(metadata.creationTimestamp ?? "") ?? 0;
}
