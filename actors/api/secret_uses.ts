import type { Pod } from "./types.ts";

/** A place in a pod where a Secret is named. */
export interface SecretUse {
  readonly secret: string;
  /** The place, in Kubernetes' words. */
  readonly where: string;
  /** Whether limits on mountable secrets are about it: of volumes, they only are about those that are Secrets themselves. */
  readonly isLimited: boolean;
}

/** Where in a pod Secrets are named, but for pulling images. */
export function* secretUses(spec: Pod["spec"]): Generator<SecretUse> {
  for (const { secret, projected, ...source } of spec.volumes ?? []) {
    const name = secret?.secretName;
    if (secret) yield { secret: name ?? "", where: "volume with", isLimited: true };
    const projections = projected?.sources ?? [];
    const others = [
      ...projections.map((each) => each.secret?.name),
      source.azureFile?.secretName,
      ...[source.cephfs, source.csi, source.flexVolume, source.iscsi, source.rbd, source.scaleIO, source.storageos].map(
        (each) => (each === undefined ? undefined : secretOf(each)),
      ),
    ];
    for (const other of others) if (other) yield { secret: other, where: "volume with", isLimited: false };
  }
  const groups = [
    ["init container", spec.initContainers ?? []],
    ["container", spec.containers],
  ] as const;
  for (const [sort, containers] of groups) {
    for (const { name, env = [], envFrom = [] } of containers) {
      for (const { name: variable, valueFrom } of env) {
        const { name: secret } = valueFrom?.secretKeyRef ?? {};
        if (secret) yield { secret, where: `${sort} ${name} with envVar ${variable} referencing`, isLimited: true };
      }
      for (const { secretRef } of envFrom) {
        if (secretRef?.name) {
          yield { secret: secretRef.name, where: `${sort} ${name} with envFrom referencing`, isLimited: true };
        }
      }
    }
  }
}

interface WithSecret {
  readonly secretRef?: { readonly name?: string };
  readonly nodePublishSecretRef?: { readonly name?: string };
}

function secretOf({ secretRef, nodePublishSecretRef }: WithSecret): string | undefined {
  return secretRef?.name ?? nodePublishSecretRef?.name;
}
