import type { Deployment, Frozen, ReplicaSet } from "../../../api/types.ts";

/** Counts the rollouts of a Deployment, on it and on each of its ReplicaSets. */
export const revisionAnnotation = "deployment.kubernetes.io/revision";
const revisionHistoryAnnotation = "deployment.kubernetes.io/revision-history";
/** What the Deployment wished for when the ReplicaSet was last sized. */
export const desiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas";
/** The most pods that the Deployment was allowed when the ReplicaSet was last sized. */
export const maxReplicasAnnotation = "deployment.kubernetes.io/max-replicas";

const historyCharsMax = 2000;

/** Annotations that a Deployment does not pass on to its ReplicaSets. */
const ownAnnotations: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  "deprecated.deployment.rollback.to",
]);

/** Whether a Deployment's annotation is its ReplicaSets', too. */
export function passedOn(annotation: string): boolean {
  return !ownAnnotations.has(annotation);
}

type Annotations = Readonly<Record<string, string>>;

/** A revision as it is written: a whole number of 64 bits, of which a double would lose digits. */
function parseRevision(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const revision = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, revision) === revision ? revision : undefined;
}

/** A ReplicaSet's revision; 0 when it has none, or none that can be read. */
export function revisionOf(set: Frozen<ReplicaSet>): bigint {
  return parseRevision(set.metadata.annotations?.[revisionAnnotation] ?? "") ?? 0n;
}

/** The revision after those of all `sets`. */
export function nextRevision(sets: readonly Frozen<ReplicaSet>[]): bigint {
  let newest = 0n;
  for (const set of sets) if (revisionOf(set) > newest) newest = revisionOf(set);
  return BigInt.asIntN(64, newest + 1n);
}

/** A whole number in an annotation. */
export function numberIn(annotations: Annotations | undefined, name: string): number | undefined {
  const value = Number(annotations?.[name]);
  return annotations?.[name] !== undefined && Number.isInteger(value) ? value : undefined;
}

/** The annotations that note how a ReplicaSet was sized. */
export function sizeAnnotations(desired: number, replicasMax: number): Record<string, string> {
  return { [desiredReplicasAnnotation]: String(desired), [maxReplicasAnnotation]: String(replicasMax) };
}

/**
 * The annotations that the newest ReplicaSet is to have: the Deployment's, and the revision after all others. A set
 * that was the newest once before keeps its former revisions as history.
 */
export function newSetAnnotations(
  deployment: Frozen<Deployment>,
  { before = {}, revision }: { readonly before?: Annotations | undefined; readonly revision: bigint },
): Record<string, string> {
  const annotations: Record<string, string> = { ...before };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (passedOn(name)) annotations[name] = value;
  }
  const former = before[revisionAnnotation];
  const formerRevision = former ? parseRevision(former) : 0n;
  // What somebody else wrote there, and is no number, is left alone.
  if (formerRevision === undefined || formerRevision >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (former !== undefined) annotations[revisionHistoryAnnotation] = historyWith(before, former);
  return annotations;
}

function historyWith(before: Annotations, former: string): string {
  const known = before[revisionHistoryAnnotation];
  let history = known ? `${known},${former}` : former;
  while (history.length > historyCharsMax && history.includes(",")) history = history.slice(history.indexOf(",") + 1);
  return history;
}
