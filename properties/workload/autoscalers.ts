import type { KubeObject } from "../../actors/api/types.ts";

/** Where it is written on an autoscaler what its pods use, all together: `[[fromMs, mebibytes], ...]`. */
export const loadAnnotation = "example.com/load";

/** So much each pod is to use, in mebibytes. */
export const targetMi = 100;

/** What tells its load. */
interface Loaded {
  readonly metadata: Pick<KubeObject["metadata"], "annotations">;
}

/** A load, and since when. */
export type Load = readonly [fromMs: number, mebibytes: number];

/** How much the pods of an autoscaler's target use at a time of the run, in mebibytes. */
export function loadOf(autoscaler: Loaded, atMs: number): number {
  const loads = JSON.parse(autoscaler.metadata.annotations?.[loadAnnotation] ?? "[]") as readonly Load[];
  return loads.findLast(([fromMs]) => fromMs <= atMs)?.[1] ?? 0;
}
