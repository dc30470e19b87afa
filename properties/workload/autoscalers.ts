import type { KubeObject } from "../../actors/api/types.ts";

/** Where it is written on an autoscaler what its pods use, all together: `[[fromMs, mebibytes], ...]`. */
export const loadAnnotation = "example.com/load";

/** So much each pod is to use, in mebibytes. */
export const targetMi = 100;

/** What a played pod uses of which nothing else is said, in mebibytes, however many there are. */
export const playedMi = 4;

/** What tells its load. */
interface Loaded {
  readonly metadata: Pick<KubeObject["metadata"], "annotations">;
}

/** A load, and since when. */
export type Load = readonly [fromMs: number, mebibytes: number];

/** How much the pods of an autoscaler's target use at a time of the run, in mebibytes; undefined where it is not written. */
export function loadOf(autoscaler: Loaded, atMs: number): number | undefined {
  const loads = autoscaler.metadata.annotations?.[loadAnnotation];
  if (loads === undefined) return undefined;
  return (JSON.parse(loads) as readonly Load[]).findLast(([fromMs]) => fromMs <= atMs)?.[1] ?? 0;
}
