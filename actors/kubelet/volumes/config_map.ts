import { ok } from "../../kit/result.ts";
import { keyedFiles } from "./_keyed_files.ts";
import { modeDefault, type PodVolume, type VolumeType } from "./_volume_type.ts";

/** The keys of a ConfigMap as files, which follow it. */
export const configMap: VolumeType = {
  field: "configMap",
  plugin: "kubernetes.io~configmap",
  isReadOnly: true,
  needs: (volume) => [needOf(volume)],
  order({ volume, path, context }) {
    const { items, optional, defaultMode = modeDefault } = volume.configMap ?? {};
    const files = keyedFiles(needOf(volume), { items, optional, defaultMode }, context);
    return files.ok ? ok({ kind: "files", path, files: files.value }) : files;
  },
};

function needOf({ configMap: source }: PodVolume) {
  return { kind: "ConfigMap", name: source?.name ?? "" } as const;
}
