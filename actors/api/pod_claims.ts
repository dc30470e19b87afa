import { getControllerOf } from "./owner_references.ts";
import type { Frozen, KubeObject, Pod } from "./types.ts";

type PodVolume = NonNullable<Frozen<Pod>["spec"]["volumes"]>[number];

const none: readonly string[] = [];

/** The name of the claim that a volume of a pod is; undefined: it is no claim. */
export function claimNameIn({ metadata }: Frozen<Pod>, volume: PodVolume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${metadata.name}-${volume.name}` : undefined;
}

/** The names of the claims that a pod uses, those that are made for it among them. */
export function claimNamesOf(pod: Frozen<Pod>): readonly string[] {
  const { volumes } = pod.spec;
  if (!volumes) return none;
  return volumes.flatMap((volume) => claimNameIn(pod, volume) ?? []);
}

/** Whether a claim was made for this very pod. */
export function isMadeFor(claim: Frozen<KubeObject>, { metadata }: Frozen<Pod>): boolean {
  return getControllerOf(claim)?.uid === metadata.uid;
}
