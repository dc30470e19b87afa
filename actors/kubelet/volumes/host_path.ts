import { ok } from "../../kit/result.ts";
import type { VolumeType } from "./_volume_type.ts";

/** What the computer itself has on its disk. */
export const hostPath: VolumeType = {
  field: "hostPath",
  plugin: "kubernetes.io~host-path",
  isReadOnly: false,
  order: ({ volume }) => ok({ kind: "host", path: volume.hostPath?.path ?? "", type: volume.hostPath?.type ?? "" }),
};
