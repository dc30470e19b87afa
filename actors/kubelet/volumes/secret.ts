import type { Frozen, Secret } from "../../api/types.ts";
import { failed, ok } from "../../kit/result.ts";
import { filesOf, modeDefault, type ObjectNeed, type PodVolume, secretBytes, type VolumeType } from "./_volume_type.ts";

/** The keys of a Secret as files, which follow it. */
export const secret: VolumeType = {
  field: "secret",
  plugin: "kubernetes.io~secret",
  isReadOnly: true,
  needs: (volume) => [needOf(volume)],
  order({ volume, path, context }) {
    const { items, optional = false, defaultMode = modeDefault } = volume.secret ?? {};
    const need = needOf(volume);
    const object = context.find(need) as Frozen<Secret> | undefined;
    if (!object && !optional) return failed(`secret ${JSON.stringify(need.name)} not found`);
    const files = filesOf(secretBytes(object), { items, isOptional: optional, defaultMode }, "secret");
    return files.ok ? ok({ kind: "files", path, files: files.value }) : files;
  },
};

function needOf({ secret: source }: PodVolume): ObjectNeed {
  return { kind: "Secret", name: source?.secretName ?? "" };
}
