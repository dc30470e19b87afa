import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { Frozen } from "../../api/types.ts";
import { protectionFinalizers } from "../../api/volume_binding.ts";
import { defineLoop, watch } from "../loop.ts";
import { nothingToDo, type Plan } from "../plan.ts";

type Volume = Frozen<PersistentVolume>;

const finalizer = protectionFinalizers.volume;

/**
 * Keeps volumes that are bound: each has a finalizer, which is taken off once it is to go and no claim has it.
 *
 * It watches and writes PersistentVolumes. It follows Kubernetes' pkg/controller/volume/pvprotection.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
 */
export const persistentVolumeProtection = defineLoop<Volume, boolean, Volume | undefined>({
  name: "persistentvolume-protection",
  component: "pv-protection-controller",
  watches: [watch<PersistentVolume>({ kind: persistentVolume, keys: ({ object }) => [object.metadata.name] })],

  obtain: (key, listers) => listers.of<PersistentVolume>(persistentVolume).get(key),

  /** Whether it is to be protected. */
  observe: ({ metadata, status }) => metadata.deletionTimestamp === undefined || status.phase === "Bound",

  difference(volume, isWanted) {
    const { deletionTimestamp, finalizers = [] } = volume.metadata;
    const isProtected = finalizers.includes(finalizer);
    // No finalizer can be added to what is going.
    if (isProtected === isWanted || (isWanted && deletionTimestamp !== undefined)) return undefined;
    const kept = isWanted ? [...finalizers, finalizer] : finalizers.filter((each) => each !== finalizer);
    return { ...volume, metadata: { ...volume.metadata, finalizers: kept } };
  },

  reconcile(object): Plan {
    if (!object) return nothingToDo;
    return { actions: [{ op: "update", kind: persistentVolume, object, accept: ["NotFound"] }] };
  },
});
