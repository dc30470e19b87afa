import type { ConfigMap, Frozen, KubeObject, Pod, Secret } from "../../api/types.ts";
import type { VolumeFile, VolumeOrder } from "../../computer/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** A volume as a pod's spec has it. */
export type PodVolume = NonNullable<Frozen<Pod>["spec"]["volumes"]>[number];

/** An object of the API that a volume is made from. */
export interface ObjectNeed {
  readonly kind: "ConfigMap" | "Secret" | "PersistentVolumeClaim" | "PersistentVolume";
  readonly name: string;
}

/** A token of the pod's account. */
export interface TokenNeed {
  readonly kind: "Token";
  /** Empty: the API server's own. */
  readonly audience: string;
  readonly expirationSeconds: number;
}

/** What a volume is made from. */
export type VolumeNeed = ObjectNeed | TokenNeed;

/** What there is to make volumes of a pod from. */
export interface VolumeContext {
  readonly pod: Frozen<Pod>;
  readonly hostIp: string;
  readonly allocatable: Readonly<Record<string, string>>;
  /** An object as the API has it; undefined when it has none. */
  find(need: ObjectNeed): Frozen<KubeObject> | undefined;
  token(need: TokenNeed): string;
}

/** A volume, and what it is made for. */
export interface Making {
  readonly volume: PodVolume;
  /** Where on the computer it is put. */
  readonly path: string;
  readonly context: VolumeContext;
}

/**
 * A type of volumes.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/
 */
export interface VolumeType {
  /** The field of a volume that says it is of this type. */
  readonly field: keyof PodVolume;
  /** The plugin's name as it is part of paths. */
  readonly plugin: string;
  /** A process cannot write to it, whatever its mount says. */
  readonly isReadOnly: boolean;
  /** Absent: it is made from the spec alone. More may be needed when what is needed is there. */
  needs?(volume: PodVolume, context: Pick<VolumeContext, "pod" | "find">): readonly VolumeNeed[];
  /** What the computer is told; fails with the words of the event. */
  order(making: Making): Result<VolumeOrder, string>;
}

/** Modes of files where nothing else is said. */
export const modeDefault = 0o644;

/** A key of a ConfigMap or a Secret as a file. */
export interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** What becomes of the keys of a ConfigMap or a Secret. */
export interface KeySelection {
  readonly items: readonly KeyToPath[] | undefined;
  readonly isOptional: boolean;
  readonly defaultMode: number;
}

/** The bytes of a ConfigMap by key, a character each. */
export function configMapBytes(object: Frozen<ConfigMap> | undefined): ReadonlyMap<string, string> {
  const { data = {}, binaryData = {} } = object ?? {};
  const text = Object.entries(data).map(([key, value]) => [key, bytesOf(value)] as const);
  return new Map([...text, ...Object.entries(binaryData).map(([key, value]) => [key, atob(value)] as const)]);
}

/** The bytes of a Secret by key, a character each. */
export function secretBytes(object: Frozen<Secret> | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(object?.data ?? {}).map(([key, value]) => [key, atob(value)] as const));
}

/** The files that keys become: all of them, or those that are selected. */
export function filesOf(
  bytes: ReadonlyMap<string, string>,
  { items, isOptional, defaultMode }: KeySelection,
  sort: "config" | "secret",
): Result<readonly VolumeFile[], string> {
  if (!items || items.length === 0) {
    return ok([...bytes].map(([path, data]) => ({ path, data, mode: defaultMode })));
  }
  const files: VolumeFile[] = [];
  for (const { key, path, mode = defaultMode } of items) {
    const data = bytes.get(key);
    if (data !== undefined) files.push({ path, data, mode });
    else if (!isOptional) return failed(`references non-existent ${sort} key: ${key}`);
  }
  return ok(files);
}

/** The bytes of a text in UTF-8, a character each. */
export function bytesOf(text: string): string {
  // Most are plain.
  if (/^[\t\n\r -~]*$/.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}
