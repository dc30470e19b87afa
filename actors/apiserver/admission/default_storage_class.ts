import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClassRules as storageClass } from "../../api/kinds/storage_class.ts";
import { defaultClassOf } from "../../api/storage_classes.ts";
import type { Frozen } from "../../api/types.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

/** A claim that names no class gets the one that is meant for such claims; an empty name is a name. */
export const defaultStorageClass: AdmissionPlugin = {
  name: "DefaultStorageClass",
  place: 19,
  handles: [{ operations: ["CREATE"], resources: ["persistentvolumeclaims"] }],
  admit({ server, draft }, verdict, step) {
    // A new object of the kind has been read by the kind's schema.
    const claim = draft as PersistentVolumeClaim | undefined;
    if (claim && claim.spec.storageClassName === undefined) {
      const found = defaultClassOf(classesOf(server));
      if (found) claim.spec.storageClassName = found.metadata.name;
    }
    verdict(undefined, step);
  },
};

/** All classes of volumes, as this server last saw them. */
export function* classesOf(server: Server): Iterable<Frozen<StorageClass>> {
  for (const item of cacheOf(server, storageClass).items.values()) yield objectOf(item) as Frozen<StorageClass>;
}
