import type { Frozen, KubeObject } from "../../api/types.ts";
import { failed, ok } from "../../kit/result.ts";
import type { ObjectNeed, PodVolume, VolumeContext, VolumeNeed, VolumeType } from "./_volume_type.ts";

interface Claim extends KubeObject {
  readonly spec: { readonly volumeName?: string };
  readonly status?: { readonly phase?: string };
}

interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly hostPath?: { readonly path: string; readonly type?: string };
    readonly local?: { readonly path: string };
  };
}

/** What a bound claim has: for now a folder of the computer's. */
export const persistentVolumeClaim: VolumeType = {
  field: "persistentVolumeClaim",
  plugin: "kubernetes.io~local-volume",
  isReadOnly: false,
  needs(volume, { find }) {
    const need = claimNeed(volume);
    const claim = find(need) as Frozen<Claim> | undefined;
    const name = claim?.spec.volumeName ?? "";
    return [need, ...(name === "" ? [] : [{ kind: "PersistentVolume", name } satisfies VolumeNeed])];
  },
  order({ volume, context }) {
    const need = claimNeed(volume);
    const claim = context.find(need) as Frozen<Claim> | undefined;
    if (!claim) return failed(`persistentvolumeclaim ${JSON.stringify(need.name)} not found`);
    return orderFor(claim, context);
  },
};

function orderFor(claim: Frozen<Claim>, context: VolumeContext) {
  const name = claim.spec.volumeName ?? "";
  if (name === "" || claim.status?.phase !== "Bound") {
    return failed(`PVC is not bound: ${claim.metadata.namespace}/${claim.metadata.name}`);
  }
  const found = context.find({ kind: "PersistentVolume", name }) as Frozen<PersistentVolume> | undefined;
  if (!found) return failed(`persistentvolume ${JSON.stringify(name)} not found`);
  const { hostPath, local, ...rest } = found.spec;
  const path = hostPath?.path ?? local?.path;
  if (path === undefined) {
    const sort = Object.keys(rest).find((field) => /^[a-z]+(Disk|Volume|File)?$|^(nfs|csi|iscsi|fc|rbd)$/.test(field));
    return failed(`kubetroupe cannot mount a volume of type ${JSON.stringify(sort ?? "")}, only hostPath and local`);
  }
  const type = hostPath ? (hostPath.type ?? "") : "Directory";
  return ok({ kind: "host", path, type } as const);
}

function claimNeed({ persistentVolumeClaim: source }: PodVolume): ObjectNeed {
  return { kind: "PersistentVolumeClaim", name: source?.claimName ?? "" };
}
