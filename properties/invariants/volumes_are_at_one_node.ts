import type { PersistentVolume } from "../../actors/api/kinds/persistent_volume.ts";
import type { VolumeAttachment } from "../../actors/api/kinds/volume_attachment.ts";
import type { Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

const prefix = "/registry/volumeattachments/";

/** A volume for one node at a time is never attached to two. */
export const volumesAreAtOneNode: Invariant = {
  name: "a volume for one node is at one node",
  watch(world) {
    return {
      commit({ key, object }) {
        if (!object || !key.startsWith(prefix)) return undefined;
        const { spec } = object as Frozen<VolumeAttachment>;
        const name = spec.source.persistentVolumeName ?? "";
        const volume = world.get<PersistentVolume>(`/registry/persistentvolumes/${name}`);
        if (!volume || (volume.spec.accessModes ?? []).some((mode) => mode.endsWith("Many"))) return undefined;
        const other = world
          .list<VolumeAttachment>(prefix)
          .find((each) => each.spec.source.persistentVolumeName === name && each.spec.nodeName !== spec.nodeName);
        return other && `volume ${name} is attached to ${spec.nodeName} and to ${other.spec.nodeName}`;
      },
    };
  },
};
