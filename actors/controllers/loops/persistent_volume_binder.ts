import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClass } from "../../api/kinds/storage_class.ts";
import { type Frozen, keyOf } from "../../api/types.ts";
import { classNameOf, isFullyBound } from "../../api/volume_binding.ts";
import type { Change } from "../../client/informer.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import type { Plan } from "../plan.ts";
import {
  type ClaimDesire,
  type ClaimScene,
  type ClaimVerdict,
  judgeClaim,
  planClaim,
  seeClaim,
} from "./persistent_volume_binder/claim.ts";
import {
  judgeVolume,
  planVolume,
  seeVolume,
  type VolumeDesire,
  type VolumeScene,
  type VolumeVerdict,
} from "./persistent_volume_binder/volume.ts";

type Desired = ClaimDesire | VolumeDesire;
type Observed = ClaimScene | VolumeScene;
type Difference = ClaimVerdict | VolumeVerdict;

/**
 * Binds claims to volumes and volumes to claims, one to one: it finds the volume that fits, has one made where the
 * claim's class names who makes them, says in both what became of it, and lets go of volumes whose claims are gone.
 *
 * It watches PersistentVolumes, PersistentVolumeClaims and StorageClasses, and writes the first two; its keys are
 * `claim/NAMESPACE/NAME` and `volume/NAME`. It follows Kubernetes' pkg/controller/volume/persistentvolume.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export const persistentVolumeBinder = defineLoop<Desired, Observed, Difference>({
  name: "persistentvolume-binder",
  component: "persistentvolume-controller",
  account: "persistent-volume-binder",
  // Two claims that look for a volume at once may find the same one: the second write would fail, and be tried again.
  workersMax: 1,
  watches: [
    watch<PersistentVolume>({
      kind: persistentVolume,
      indexes: {
        claim: ({ spec: { claimRef } }) => (claimRef ? [`${claimRef.namespace}/${claimRef.name}`] : []),
        class: ({ spec }) => [spec.storageClassName ?? ""],
      },
      keys: (change, { listers }) => [`volume/${change.object.metadata.name}`, ...claimsConcerned(change, listers)],
    }),
    watch<PersistentVolumeClaim>({
      kind: persistentVolumeClaim,
      indexes: {
        open: (claim) => (isFullyBound(claim) ? [] : [classNameOf(claim)]),
        volume: ({ spec }) => (spec.volumeName ? [spec.volumeName] : []),
      },
      keys({ object }, { listers }) {
        const kept = listers.of<PersistentVolume>(persistentVolume).by("claim", keyOf(object));
        const names = new Set(kept.map(({ metadata }) => metadata.name));
        if (object.spec.volumeName) names.add(object.spec.volumeName);
        return [`claim/${keyOf(object)}`, ...[...names].map((name) => `volume/${name}`)];
      },
    }),
    watch<StorageClass>({
      kind: storageClass,
      keys({ type, object }, { listers }) {
        if (type === "deleted") return [];
        // A class may be meant for claims that name none.
        const claims = listers.of<PersistentVolumeClaim>(persistentVolumeClaim);
        return [...claims.by("open", object.metadata.name), ...claims.by("open", "")].map(claimKey);
      },
    }),
  ],

  obtain(key, listers): Desired | undefined {
    const name = key.slice(key.indexOf("/") + 1);
    if (key.startsWith("claim/")) {
      const claim = listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(name);
      return claim && { about: "claim", claim };
    }
    const volume = listers.of<PersistentVolume>(persistentVolume).get(name);
    return volume && { about: "volume", volume };
  },

  observe: (desired, listers) => (desired.about === "claim" ? seeClaim(desired, listers) : seeVolume(desired, listers)),

  difference(_desired, observed) {
    return observed.about === "claim" ? judgeClaim(observed) : judgeVolume(observed);
  },

  reconcile(difference): Plan {
    return difference.about === "claim" ? planClaim(difference) : planVolume(difference);
  },
});

function claimKey(claim: Frozen<PersistentVolumeClaim>): string {
  return `claim/${keyOf(claim)}`;
}

/** The claims that a volume is for, that name it, or that it could be for, now that it is free. */
function claimsConcerned({ type, object }: Change<PersistentVolume>, listers: Listers): readonly string[] {
  const claims = listers.of<PersistentVolumeClaim>(persistentVolumeClaim);
  const keys = new Set(claims.by("volume", object.metadata.name).map(claimKey));
  const { claimRef, storageClassName = "" } = object.spec;
  if (claimRef) keys.add(`claim/${claimRef.namespace}/${claimRef.name}`);
  else if (type !== "deleted" && object.status.phase === "Available") {
    for (const claim of claims.by("open", storageClassName)) keys.add(claimKey(claim));
  }
  return [...keys];
}
