import type { ControllerRevision } from "../../api/kinds/controller_revision.ts";
import { controllerRevision } from "../../api/kinds/controller_revision.ts";
import { canonicalJson, podTemplateHash } from "../../api/names.ts";
import { newControllerRef } from "../../api/owner_references.ts";
import { parseTime } from "../../api/time.ts";
import {
  type Fields,
  type Frozen,
  jsonEqual,
  type KubeObject,
  type LabelSelector,
  type PodTemplateSpec,
} from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import { claim } from "../claim.ts";
import type { Listers } from "../loop.ts";
import type { Action } from "../plan.ts";

/** What keeps its former templates as ControllerRevisions: a DaemonSet or a StatefulSet. */
export type Remembering = KubeObject & {
  spec: { selector?: LabelSelector; template?: PodTemplateSpec; revisionHistoryLimit?: number };
  status: { collisionCount?: number };
};

type Revision = Frozen<ControllerRevision>;

/** How an owner keeps its history. */
export interface HistoryOptions<T extends Remembering> {
  readonly owner: Frozen<T>;
  readonly ownerKind: Kind;
  readonly listers: Listers;
  /** The label of a revision that says the hash of its template. */
  readonly hashLabel: string;
}

/** An owner's history, with its present template as the newest revision. */
export interface History {
  /** All revisions as they are, oldest first; the newest is not among them when it has still to be written. */
  readonly revisions: readonly Revision[];
  /** The revision of the present template, as it is or is about to be. */
  readonly newest: Revision;
  /** Of the other revisions those that equal the newest. */
  readonly duplicates: readonly Revision[];
  /** The writes that make it so: adoptions, and the newest revision's. */
  readonly actions: readonly Action[];
  /** Something else has the name that the newest revision would get: another hash is needed. */
  readonly isNameTaken: boolean;
}

/**
 * Sorts out an owner's ControllerRevisions: those that it controls, with the one of the present template as the newest.
 * A template that was there before is not noted again: its revision gets the number after all others, as a rollback
 * does. Needs the indexes `controller` and `orphans` on ControllerRevisions.
 */
export function historyOf<T extends Remembering>(options: HistoryOptions<T>): History {
  const { ownerKind, listers, hashLabel } = options;
  // The generic object's fields, which TypeScript cannot see through `Frozen<T>`.
  const owner = options.owner as Frozen<Remembering>;
  const { uid = "", namespace = "" } = owner.metadata;
  const all = listers.of<ControllerRevision>(controllerRevision);
  const candidates = [...all.by("controller", uid), ...all.by("orphans", namespace)];
  const { selector } = owner.spec;
  const owned = claim<ControllerRevision>({ owner, ownerKind, selector, kind: controllerRevision, candidates });
  const revisions = owned.claimed.toSorted(compareRevisions);
  const data = templateData(owner.spec.template ?? {});
  const equal = revisions.filter((each) => isOfData(each, data));
  const present = equal.at(-1);
  const others = revisions.filter((each) => !equal.includes(each));
  const number = (others.at(-1)?.revision ?? 0) + 1;
  if (present === undefined) {
    const made = newRevision(owner, { data, hashLabel, number });
    const isNameTaken = all.has(`${namespace}/${made.metadata.name}`);
    const create: Action = { op: "create", kind: controllerRevision, object: made };
    return { revisions, newest: made, duplicates: [], actions: [...owned.actions, create], isNameTaken };
  }
  const newest = present.revision < number ? { ...present, revision: number } : present;
  const update: Action[] = newest === present ? [] : [{ op: "update", kind: controllerRevision, object: newest }];
  const duplicates = equal.slice(0, -1);
  return { revisions, newest, duplicates, actions: [...owned.actions, ...update], isNameTaken: false };
}

/** The template as a strategic merge patch that brings it back whole: what `kubectl rollout undo` sends. */
function templateData(template: Frozen<PodTemplateSpec>): unknown {
  const whole = { ...template, metadata: template.metadata ?? {}, $patch: "replace" };
  // kubectl compares the texts: keys are in order.
  return JSON.parse(canonicalJson({ spec: { template: whole } }));
}

/** The template that a revision keeps; undefined when somebody wrote something else into it. */
export function templateIn({ data }: Revision): Frozen<PodTemplateSpec> | undefined {
  const kept = (data as { readonly spec?: { readonly template?: Fields } } | undefined)?.spec?.template;
  if (kept === undefined) return undefined;
  const { $patch: _replace, ...template } = kept;
  return template as Frozen<PodTemplateSpec>;
}

function isOfData({ data }: Revision, wanted: unknown): boolean {
  return jsonEqual(data, wanted);
}

interface NewRevision {
  readonly data: unknown;
  readonly hashLabel: string;
  readonly number: number;
}

function newRevision(owner: Frozen<Remembering>, { data, hashLabel, number }: NewRevision): ControllerRevision {
  const hash = podTemplateHash(owner.spec.template ?? {}, owner.status.collisionCount ?? 0);
  return {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: revisionName(owner.metadata.name, hash),
      namespace: owner.metadata.namespace ?? "",
      labels: { ...owner.spec.template?.metadata?.labels, [hashLabel]: hash },
      ...(owner.metadata.annotations && { annotations: { ...owner.metadata.annotations } }),
      ownerReferences: [newControllerRef(owner)],
    },
    data: data as Fields,
    revision: number,
  };
}

const prefixLengthMax = 223;

function revisionName(prefix: string, hash: string): string {
  return `${prefix.slice(0, prefixLengthMax)}-${hash}`;
}

/** By number, then by age, then by name. */
function compareRevisions(a: Revision, b: Revision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const [aMs, bMs] = [a, b].map(({ metadata }) => parseTime(metadata.creationTimestamp ?? "") ?? 0) as [number, number];
  return aMs - bMs || (a.metadata.name < b.metadata.name ? -1 : 1);
}

/** Removes a revision. */
export function deletionOfRevision({ metadata }: Revision): Action {
  const { namespace, name, uid = "" } = metadata;
  return { op: "delete", kind: controllerRevision, namespace, name, uid };
}
