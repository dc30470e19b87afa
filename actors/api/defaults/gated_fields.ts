import type { FeatureGate } from "../feature_gates.ts";
import { imageOfVolume } from "../image_volume.ts";
import type { Disabled } from "../kind.ts";
import type { Container, Frozen, KubeObject, PodSpec } from "../types.ts";

/** The fields of a container that are not in its type, as nothing here heeds them. */
interface Gated {
  lifecycle?: { stopSignal?: unknown };
  env?: { valueFrom?: { fileKeyRef?: unknown } }[];
}

interface GatedSource {
  clusterTrustBundle?: unknown;
  podCertificate?: unknown;
}

/** Makes of where an object has the spec of its pods what its kind forgets of it; see `forgetGatedFields`. */
export function forgetGatedIn<T extends KubeObject>(
  specOf: (object: Frozen<T>) => Frozen<PodSpec> | undefined,
): (draft: T, disabled: Disabled<T>) => void {
  return (draft, { gates, old }) => {
    // A draft is its owner's to change.
    const spec = specOf(draft as Frozen<T>) as PodSpec | undefined;
    if (spec !== undefined) forgetGatedFields(spec, { gates, old: old && specOf(old) });
  };
}

/**
 * Forgets what a pod says for features that are off, as Kubernetes 1.34 does, unless the pod had it before: images as
 * volumes (who mounts them goes without), bundles of trust in projected volumes, and what has no gate here and is off
 * there: another host name, signals that stop containers, variables from files, certificates of pods. What containers say
 * of how they start again is heeded.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
export function forgetGatedFields(spec: PodSpec, { gates, old }: Disabled<PodSpec>): void {
  const isOn = (gate: FeatureGate, wasUsed: (before: Frozen<PodSpec>) => boolean) =>
    gates.includes(gate) || (old !== undefined && wasUsed(old));
  if (!isOn("ImageVolume", hasImages)) dropImageVolumes(spec);
  delete (spec as { hostnameOverride?: unknown }).hostnameOverride;
  const keepsBundles = isOn("ClusterTrustBundleProjection", hasBundles);
  for (const source of sourcesOf(spec) as GatedSource[]) {
    if (!keepsBundles) delete source.clusterTrustBundle;
    delete source.podCertificate;
  }
  for (const container of everyContainer(spec)) forgetGatedParts(container);
}

function sourcesOf({ volumes = [] }: Frozen<PodSpec>): readonly Frozen<GatedSource>[] {
  return volumes.flatMap(({ projected }) => (projected?.sources ?? []) as readonly Frozen<GatedSource>[]);
}

function hasImages({ volumes = [] }: Frozen<PodSpec>): boolean {
  return volumes.some((volume) => imageOfVolume(volume) !== undefined);
}

function hasBundles(spec: Frozen<PodSpec>): boolean {
  return sourcesOf(spec).some(({ clusterTrustBundle }) => clusterTrustBundle !== undefined);
}

function dropImageVolumes(spec: PodSpec): void {
  const names = new Set((spec.volumes ?? []).flatMap((each) => (imageOfVolume(each) ? [each.name] : [])));
  if (names.size === 0) return;
  spec.volumes = (spec.volumes ?? []).filter(({ name }) => !names.has(name));
  for (const container of everyContainer(spec)) {
    const mounts = container.volumeMounts?.filter(({ name }) => !names.has(name));
    if (mounts !== undefined) container.volumeMounts = mounts;
  }
}

function forgetGatedParts(container: Container & Gated): void {
  const { lifecycle } = container;
  if (lifecycle?.stopSignal !== undefined) {
    delete lifecycle.stopSignal;
    if (Object.keys(lifecycle).length === 0) delete container.lifecycle;
  }
  for (const { valueFrom } of container.env ?? []) delete valueFrom?.fileKeyRef;
}

function everyContainer(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}
