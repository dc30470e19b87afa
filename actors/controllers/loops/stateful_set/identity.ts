import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import { isPodAvailable, isPodReady } from "../../../api/pod.ts";
import type { Frozen, KubeObject, Pod, PodSpec, PodTemplateSpec, Volume } from "../../../api/types.ts";
import { podFromTemplate } from "../../pods/pod_from_template.ts";

/** The name of the revision that a pod was made from. */
export const revisionLabel = "controller-revision-hash";
const podNameLabel = "statefulset.kubernetes.io/pod-name";
const podIndexLabel = "apps.kubernetes.io/pod-index";

type Set = Frozen<StatefulSet>;

/** Which set a pod's name makes it part of, and as which number; undefined for a name that does not end in one. */
export function placeOf({
  metadata,
}: Frozen<KubeObject>): { readonly set: string; readonly ordinal: number } | undefined {
  const [, set = "", digits = ""] = /^(.*)-([0-9]+)$/.exec(metadata.name) ?? [];
  const ordinal = Number(digits);
  return digits !== "" && ordinal <= 2_147_483_647 ? { set, ordinal } : undefined;
}

/** The number of a pod of the set. */
export function ordinalOf(pod: Frozen<Pod>): number {
  return placeOf(pod)?.ordinal ?? -1;
}

/** The number of the set's first pod. */
export function firstOrdinal({ spec }: Set): number {
  return spec.ordinals?.start ?? 0;
}

/** Whether the set, as it is now, has a pod of that number. */
export function isInRange(set: Set, ordinal: number): boolean {
  const first = firstOrdinal(set);
  return ordinal >= first && ordinal < first + (set.spec.replicas ?? 1);
}

/** The name of the pod of that number. */
export function podNameOf({ metadata }: Set, ordinal: number): string {
  return `${metadata.name}-${ordinal}`;
}

/** The name of the claim that the pod of that number has of a template. */
export function claimNameOf(set: Set, template: string, ordinal: number): string {
  return `${template}-${podNameOf(set, ordinal)}`;
}

function identityLabels(name: string, ordinal: number): Record<string, string> {
  return { [podNameLabel]: name, [podIndexLabel]: String(ordinal) };
}

/** The labels that a pod lacks of those that say who it is; undefined when it has them all. */
export function missingIdentity({ metadata }: Frozen<Pod>, ordinal: number): Record<string, string> | undefined {
  const wanted = identityLabels(metadata.name, ordinal);
  return Object.entries(wanted).every(([label, value]) => metadata.labels?.[label] === value) ? undefined : wanted;
}

/** A template as a set has or had it. */
export interface Revised {
  readonly revision: string;
  readonly template: Frozen<PodTemplateSpec>;
}

/** The pod of that number, of one of the set's revisions, with its own name, host name and claims. */
export function newPod(set: Set, ordinal: number, { revision, template }: Revised): Pod {
  const name = podNameOf(set, ordinal);
  const pod = podFromTemplate(template, { owner: set, name });
  pod.metadata.labels = { ...pod.metadata.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision };
  pod.spec = { ...pod.spec, hostname: name, ...(set.spec.serviceName && { subdomain: set.spec.serviceName }) };
  const volumes = volumesOf(set, ordinal, pod.spec);
  if (volumes.length > 0) pod.spec.volumes = volumes;
  return pod;
}

/** The claims of the set's templates, then the volumes of the pod's own; a claim stands in for a namesake. */
function volumesOf(set: Set, ordinal: number, { volumes = [] }: PodSpec): Volume[] {
  const names = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? "");
  const claimed = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: claimNameOf(set, name, ordinal) },
  }));
  return [...claimed, ...volumes.filter(({ name }) => !names.includes(name))];
}

/** The revision that a pod was made from. */
export function revisionOf({ metadata }: Frozen<Pod>): string {
  return metadata.labels?.[revisionLabel] ?? "";
}

/** Whether somebody has asked for the pod's end. */
export function isGoing({ metadata }: Frozen<Pod>): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Whether the pod runs and is ready. */
export function isRunningAndReady(pod: Frozen<Pod>): boolean {
  return pod.status.phase === "Running" && isPodReady(pod);
}

/** How long a pod has to be ready, and what time it is. */
export interface Readiness {
  readonly minReadySeconds: number;
  readonly nowMs: number;
}

/** Whether the pod runs and has been ready for long enough. */
export function isRunningAndAvailable(pod: Frozen<Pod>, readiness: Readiness): boolean {
  return pod.status.phase === "Running" && isPodAvailable(pod, readiness);
}
