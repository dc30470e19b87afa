import type { ConfigMap, Frozen, Secret } from "../../api/types.ts";
import type { VolumeFile } from "../../computer/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { bytesOf, type ObjectNeed, type VolumeContext } from "./_volume_type.ts";

/** A key of a ConfigMap or a Secret as a file. */
interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** What of a ConfigMap or a Secret becomes files. */
export interface KeySelection {
  /** Default: all keys, under their own names. */
  readonly items?: readonly KeyToPath[] | undefined;
  /** What is not there is left out. Default: the volume is not made. */
  readonly optional?: boolean | undefined;
  readonly defaultMode: number;
}

type KeyedNeed = ObjectNeed & { readonly kind: "ConfigMap" | "Secret" };

/** The files that the keys of a ConfigMap or a Secret become; fails with the words of the event. */
export function keyedFiles(
  need: KeyedNeed,
  { items, optional = false, defaultMode }: KeySelection,
  { find }: Pick<VolumeContext, "find">,
): Result<readonly VolumeFile[], string> {
  const object = find(need);
  if (!object && !optional) return failed(`${need.kind.toLowerCase()} ${JSON.stringify(need.name)} not found`);
  const bytes = need.kind === "ConfigMap" ? configMapBytes(object as never) : secretBytes(object as never);
  if (!items || items.length === 0) return ok([...bytes].map(([path, data]) => ({ path, data, mode: defaultMode })));
  const files: VolumeFile[] = [];
  for (const { key, path, mode = defaultMode } of items) {
    const data = bytes.get(key);
    if (data !== undefined) files.push({ path, data, mode });
    else if (!optional) {
      return failed(`references non-existent ${need.kind === "ConfigMap" ? "config" : "secret"} key: ${key}`);
    }
  }
  return ok(files);
}

function configMapBytes({ data = {}, binaryData = {} }: Partial<Frozen<ConfigMap>> = {}): ReadonlyMap<string, string> {
  const texts = Object.entries(data).map(([key, value]) => [key, bytesOf(value)] as const);
  return new Map([...texts, ...Object.entries(binaryData).map(([key, value]) => [key, atob(value)] as const)]);
}

function secretBytes({ data = {} }: Partial<Frozen<Secret>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(data).map(([key, value]) => [key, atob(value)] as const));
}
