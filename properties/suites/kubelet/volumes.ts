import type { Frozen, Pod } from "../../../actors/api/types.ts";
import type { VolumeFile } from "../../../actors/computer/messages.ts";
import { isAlive } from "./account.ts";
import type { Facts } from "./facts.ts";
import { partsOf, type Story } from "./stories.ts";

type Volume = NonNullable<Frozen<Pod>["spec"]["volumes"]>[number];
/** An object that a pod is made from. */
interface Source {
  readonly resource: "configmaps" | "secrets" | "persistentvolumeclaims" | "persistentvolumes";
  readonly name: string;
}

function sourcesOf({ configMap, secret, projected, persistentVolumeClaim }: Volume): readonly Source[] {
  const from = (each: Partial<Volume> & { readonly configMap?: object; readonly secret?: object }): Source[] => {
    const map = each.configMap as { readonly name?: string; readonly optional?: boolean } | undefined;
    const kept = each.secret as
      | { readonly name?: string; readonly secretName?: string; readonly optional?: boolean }
      | undefined;
    if (map && !map.optional) return [{ resource: "configmaps", name: map.name ?? "" }];
    if (kept && !kept.optional) return [{ resource: "secrets", name: kept.secretName ?? kept.name ?? "" }];
    return [];
  };
  const claims: Source[] = persistentVolumeClaim
    ? [
        { resource: "persistentvolumeclaims", name: persistentVolumeClaim.claimName },
        { resource: "persistentvolumes", name: "disk" },
      ]
    : [];
  const own = from({ ...(configMap ? { configMap } : {}), ...(secret ? { secret } : {}) } as never);
  return [...claims, ...own, ...(projected?.sources ?? []).flatMap((each) => from(each as never))];
}

/** Whether a pod lacks what it is made from, or anything else keeps it that is not its kubelet's business. */
export function isLacking({ pod, uid }: Story, { stories, account }: Facts): boolean {
  const hasVolumes = account.volumesOf(uid) !== undefined;
  const volumes = hasVolumes ? [] : (pod.spec.volumes ?? []).flatMap(sourcesOf);
  const named = partsOf(pod).flatMap(({ spec }) =>
    (spec.env ?? []).flatMap(({ valueFrom }): Source[] => {
      const { name = "", optional = false } = valueFrom?.configMapKeyRef ?? { optional: true };
      return optional ? [] : [{ resource: "configmaps", name }];
    }),
  );
  return [...volumes, ...named].some(({ resource, name }) => stories.object(resource, name) === undefined);
}

/** Volumes have what they are made from, as the API has it now. */
export function whyOtherVolumes({ pod, uid }: Story, facts: Facts): string | undefined {
  const put = facts.account.volumesOf(uid);
  if (!put || !facts.account.allOf(uid).some(isAlive)) return undefined;
  for (const volume of pod.spec.volumes ?? []) {
    const wanted = contentOf(volume, facts);
    const found = [...put].find(([path]) => path.endsWith(`/${volume.name}`))?.[1];
    if (!wanted || !found) continue;
    const why = whyOther(found, wanted);
    if (why) return `has in ${volume.name} ${why}`;
  }
  return undefined;
}

function whyOther(found: readonly VolumeFile[], wanted: ReadonlyMap<string, string>): string | undefined {
  const files = new Map(found.map(({ path, data }) => [path, data]));
  for (const [path, data] of wanted) {
    if (files.get(path) !== data) return `${path}=${files.get(path)}, and is to have ${data}`;
  }
  const extra = [...files.keys()].find((path) => !wanted.has(path) && path !== "token");
  return extra && `${extra}, and is not to have that`;
}

/** The files that a volume is to have; undefined where that is not known, as what it is made from is gone. */
function contentOf(volume: Volume, { stories }: Facts): ReadonlyMap<string, string> | undefined {
  const files = new Map<string, string>();
  const sources = sourcesOf(volume).filter(({ resource }) => !resource.startsWith("persistent"));
  if (sources.length === 0) return undefined;
  for (const { resource, name } of sources) {
    const object = stories.object(resource, name) as { readonly data?: Readonly<Record<string, string>> } | undefined;
    if (!object) return undefined;
    for (const [key, value] of Object.entries(object.data ?? {}))
      files.set(key, resource === "secrets" ? atob(value) : value);
  }
  return files;
}

/** What a container was given in its environment of ConfigMaps, where that is not what they say. */
export function whyOtherEnvironment(
  run: { readonly uid: string; readonly name: string; readonly env: Readonly<Record<string, string>> },
  facts: Facts,
): string | undefined {
  const story = facts.stories.all.get(run.uid);
  const part = story && partsOf(story.pod).find(({ spec }) => spec.name === run.name);
  if (!story || !part || facts.isTroubled()) return undefined;
  for (const { name, valueFrom } of part.spec.env ?? []) {
    const { name: map = "", key = "" } = valueFrom?.configMapKeyRef ?? {};
    if (map === "" || facts.nowMs() - facts.stories.writtenMs("configmaps", map) < 1_000) continue;
    const { data = {} } = (facts.stories.object("configmaps", map) ?? {}) as { data?: Record<string, string> };
    if (run.env[name] !== data[key]) return `is given ${name}=${run.env[name]}, and ${map} says ${data[key]}`;
  }
  return undefined;
}
