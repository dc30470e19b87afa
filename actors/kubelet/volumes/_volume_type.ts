import type { ClusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import type { Frozen, KubeObject, Pod } from "../../api/types.ts";
import type { VolumeOrder } from "../../computer/messages.ts";
import type { Result } from "../../kit/result.ts";

/** A volume as a pod's spec has it. */
export type PodVolume = NonNullable<Frozen<Pod>["spec"]["volumes"]>[number];

/** An object of the API that a volume is made from; all bundles of trust are one, without a name. */
export interface ObjectNeed {
  readonly kind:
    | "ConfigMap"
    | "Secret"
    | "PersistentVolumeClaim"
    | "PersistentVolume"
    | "VolumeAttachment"
    | "ClusterTrustBundle";
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
  readonly hostIps: readonly string[];
  readonly allocatable: Readonly<Record<string, string>>;
  /** An object as the API has it; undefined when it has none. */
  find(need: ObjectNeed): Frozen<KubeObject> | undefined;
  token(need: TokenNeed): string;
  /** All bundles of trust of the cluster, where one of its needs is of them. */
  bundles(): readonly Frozen<ClusterTrustBundle>[];
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
  /** Whether others still have to do their part; it is looked at again when one of its needs has changed. */
  isAwaited?(volume: PodVolume, context: VolumeContext): boolean;
  /** What the computer is told; fails with the words of the event. */
  order(making: Making): Result<VolumeOrder, string>;
}

/** Modes of files where nothing else is said. */
export const modeDefault = 0o644;

/** The bytes of a text in UTF-8, a character each. */
export function bytesOf(text: string): string {
  // Most are plain.
  if (/^[\t\n\r -~]*$/.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}
