import type { ConfigMap, Frozen } from "../../api/types.ts";
import { failed, ok } from "../../kit/result.ts";
import {
  configMapBytes,
  filesOf,
  modeDefault,
  type ObjectNeed,
  type PodVolume,
  type VolumeType,
} from "./_volume_type.ts";

/** The keys of a ConfigMap as files, which follow it. */
export const configMap: VolumeType = {
  field: "configMap",
  plugin: "kubernetes.io~configmap",
  isReadOnly: true,
  needs: (volume) => [needOf(volume)],
  order({ volume, path, context }) {
    const { items, optional = false, defaultMode = modeDefault } = volume.configMap ?? {};
    const need = needOf(volume);
    const object = context.find(need) as Frozen<ConfigMap> | undefined;
    if (!object && !optional) return failed(`configmap ${JSON.stringify(need.name)} not found`);
    const files = filesOf(configMapBytes(object), { items, isOptional: optional, defaultMode }, "config");
    return files.ok ? ok({ kind: "files", path, files: files.value }) : files;
  },
};

function needOf({ configMap: source }: PodVolume): ObjectNeed {
  return { kind: "ConfigMap", name: source?.name ?? "" };
}
