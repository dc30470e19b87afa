import fc from "fast-check";
import type { ModelDeed } from "../model/messages.ts";
import type { ImageName } from "./images.ts";
import { workMsMax } from "./pods.ts";
import { nodeNameOf } from "./run.ts";

/** What becomes of a file in a node's folder of manifests at a time, whoever is there to see it. */
export interface ManifestDeed {
  readonly atMs: number;
  readonly node: string;
  readonly file: string;
  /** The pod that the file is of from then on. Absent: it is removed. */
  readonly pod?: ManifestPod;
}

/** A pod of one container. */
export interface ManifestPod {
  readonly name: string;
  readonly image: ImageName;
  readonly graceSeconds: number;
}

/** What is done to manifests, and to mirrors by users of the API. */
export interface ManifestWork {
  readonly manifests: readonly ManifestDeed[];
  readonly deeds: readonly ModelDeed[];
}

const [manifestsMax, removalsMax] = [8, 4];
/** Most take their time to end: the next has to wait for it. */
const images = fc.constantFrom<ImageName[]>(
  ...(["run:1", "run:2", "slow-start:1", "slow-stop:1", "slow-stop:1", "stubborn:1", "stubborn:1"] as const),
);
/** Some come before anything else does. */
const atMs = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(workMsMax - 2_000) });

/** The name that the pod of a manifest has on a node. */
export const staticName = ({ name }: Pick<ManifestPod, "name">, node: string): string => `${name}-${node}`;

/** The text of a manifest. */
export function manifestText({ name, image, graceSeconds }: ManifestPod): string {
  const spec = { terminationGracePeriodSeconds: graceSeconds, containers: [{ name: "main", image }] };
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
}

/** Manifests that come, change and go on so many nodes, and mirrors that somebody deletes. */
export function manifestWork(nodes: number): fc.Arbitrary<ManifestWork> {
  const place = { node: fc.nat(nodes - 1).map(nodeNameOf), slot: fc.constantFrom(0, 0, 0, 1) };
  const manifest = fc
    .record({ atMs, ...place, image: fc.option(images, { freq: 3 }), graceSeconds: fc.constantFrom(1, 2, 5) })
    .map(({ slot, image, graceSeconds, ...rest }): ManifestDeed => {
      const name = `static-${slot}`;
      return { ...rest, file: `${name}.json`, ...(image === null ? {} : { pod: { name, image, graceSeconds } }) };
    });
  const removal = fc
    .record({ atMs, ...place, graceSeconds: fc.constantFrom(undefined, 0, 30) })
    .map(({ node, slot, graceSeconds, ...rest }): ModelDeed => {
      const pod = { resource: "pods", namespace: "default", name: `static-${slot}-${node}` } as const;
      return { op: "remove", ...rest, ...pod, ...(graceSeconds === undefined ? {} : { graceSeconds }) };
    });
  return fc
    .record({
      manifests: fc.array(manifest, { minLength: 1, maxLength: manifestsMax }),
      deeds: fc.array(removal, { minLength: 1, maxLength: removalsMax }),
    })
    .map(({ manifests, deeds }) => ({ manifests: manifests.toSorted((a, b) => a.atMs - b.atMs), deeds }));
}

/** What becomes of a manifest, for people. */
export function describeManifest({ atMs: when, node, file, pod }: ManifestDeed): string {
  return `at ${when} ms: ${file} of ${node} ${pod ? `is of ${pod.image}` : "is removed"}`;
}
