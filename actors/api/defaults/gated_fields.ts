import type { Container, PodSpec } from "../types.ts";

/** The fields of a container that are not in its type, as nothing here heeds them. */
interface Gated {
  lifecycle?: { stopSignal?: unknown };
  env?: { valueFrom?: { fileKeyRef?: unknown } }[];
}

interface GatedSource {
  clusterTrustBundle?: unknown;
  podCertificate?: unknown;
}

/**
 * Forgets what a pod says for features that are off by default in Kubernetes 1.34, as a server there does: images as
 * volumes (who mounts them goes without), another host name, signals that stop containers, variables from files, and
 * bundles of trust and certificates of pods in projected volumes. What containers say of how they start again is heeded.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
export function forgetGatedFields(spec: PodSpec): void {
  dropImageVolumes(spec);
  delete (spec as { hostnameOverride?: unknown }).hostnameOverride;
  for (const source of (spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []) as GatedSource[]) {
    delete source.clusterTrustBundle;
    delete source.podCertificate;
  }
  for (const container of everyContainer(spec)) forgetGatedParts(container);
}

function dropImageVolumes(spec: PodSpec): void {
  const names = new Set((spec.volumes ?? []).flatMap((each) => ("image" in each ? [each.name] : [])));
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
