import { secretUses } from "./secret_uses.ts";
import type { Container, Frozen, Pod } from "./types.ts";

/** The plurals of what pods refer to. */
export type Referred = "secrets" | "configmaps" | "persistentvolumeclaims" | "serviceaccounts" | "resourceclaims";

interface Claim {
  readonly resourceClaimName?: string;
}

type ContainerLike = Pick<Frozen<Container>, "env" | "envFrom">;

/** What a pod refers to in its namespace: kinds and names, some of them several times. */
export function* referencesOf({ metadata, spec, status }: Frozen<Pod>): Generator<[kind: Referred, name: string]> {
  yield ["serviceaccounts", spec.serviceAccountName ?? ""];
  for (const { name = "" } of spec.imagePullSecrets ?? []) yield ["secrets", name];
  for (const { secret } of secretUses(spec as Pod["spec"])) yield ["secrets", secret];
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) yield* configMapsOf(container);
  for (const container of spec.ephemeralContainers ?? []) {
    yield* configMapsOf(container);
    for (const { valueFrom } of container.env ?? []) {
      if (valueFrom?.secretKeyRef?.name) yield ["secrets", valueFrom.secretKeyRef.name];
    }
    for (const { secretRef } of container.envFrom ?? []) if (secretRef?.name) yield ["secrets", secretRef.name];
  }
  for (const volume of spec.volumes ?? []) {
    if (volume.configMap?.name) yield ["configmaps", volume.configMap.name];
    for (const { configMap } of volume.projected?.sources ?? [])
      if (configMap?.name) yield ["configmaps", configMap.name];
    if (volume.persistentVolumeClaim) yield ["persistentvolumeclaims", volume.persistentVolumeClaim.claimName];
    // The claim of a volume that comes and goes with its pod is named after both.
    if (volume.ephemeral) yield ["persistentvolumeclaims", `${metadata.name}-${volume.name}`];
  }
  // The types are of an older Kubernetes, which had claims elsewhere.
  const claims = [
    spec.resourceClaims,
    (status as { resourceClaimStatuses?: unknown } | undefined)?.resourceClaimStatuses,
  ];
  for (const { resourceClaimName } of claims.flatMap((each) => (each ?? []) as readonly Claim[])) {
    if (resourceClaimName) yield ["resourceclaims", resourceClaimName];
  }
}

function* configMapsOf({ env = [], envFrom = [] }: ContainerLike): Generator<[kind: Referred, name: string]> {
  for (const { valueFrom } of env)
    if (valueFrom?.configMapKeyRef?.name) yield ["configmaps", valueFrom.configMapKeyRef.name];
  for (const { configMapRef } of envFrom) if (configMapRef?.name) yield ["configmaps", configMapRef.name];
}
