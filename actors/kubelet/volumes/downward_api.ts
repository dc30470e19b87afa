import { ok } from "../../kit/result.ts";
import { type DownwardFile, downwardFiles } from "./_downward_files.ts";
import { modeDefault, type VolumeType } from "./_volume_type.ts";

/** What a pod says of itself as files, which follow it. */
export const downwardApi: VolumeType = {
  field: "downwardAPI",
  plugin: "kubernetes.io~downward-api",
  isReadOnly: true,
  order({ volume, path, context }) {
    const { items = [], defaultMode = modeDefault } = volume.downwardAPI ?? {};
    const files = downwardFiles(items as readonly DownwardFile[], { context, defaultMode });
    return ok({ kind: "files", path, files });
  },
};
