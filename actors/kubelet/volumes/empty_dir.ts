import { unitsOf } from "../../api/quantity.ts";
import { ok } from "../../kit/result.ts";
import type { VolumeType } from "./_volume_type.ts";

/**
 * A folder that is empty at first, and lives as long as its pod. In memory it holds no more than its limit; on disk its
 * pod may write more, and is evicted for it.
 */
export const emptyDir: VolumeType = {
  field: "emptyDir",
  plugin: "kubernetes.io~empty-dir",
  isReadOnly: false,
  order({ volume, path }) {
    const { sizeLimit, medium } = volume.emptyDir ?? {};
    if (medium !== "Memory") return ok({ kind: "empty", path });
    const bytesMax = sizeLimit === undefined ? 0 : unitsOf(sizeLimit);
    return ok({ kind: "empty", path, isInMemory: true, ...(bytesMax > 0 ? { bytesMax } : {}) });
  },
};
