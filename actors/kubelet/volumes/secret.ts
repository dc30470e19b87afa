import { ok } from "../../kit/result.ts";
import { keyedFiles } from "./_keyed_files.ts";
import { modeDefault, type PodVolume, type VolumeType } from "./_volume_type.ts";

/** The keys of a Secret as files, which follow it. */
export const secret: VolumeType = {
  field: "secret",
  plugin: "kubernetes.io~secret",
  isReadOnly: true,
  needs: (volume) => [needOf(volume)],
  order({ volume, path, context }) {
    const { items, optional, defaultMode = modeDefault } = volume.secret ?? {};
    const files = keyedFiles(needOf(volume), { items, optional, defaultMode }, context);
    return files.ok ? ok({ kind: "files", path, files: files.value }) : files;
  },
};

function needOf({ secret: source }: PodVolume) {
  return { kind: "Secret", name: source?.secretName ?? "" } as const;
}
