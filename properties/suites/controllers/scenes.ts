import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Command } from "../../workload/command.ts";
import { jobImage, podSpec, steadyImage } from "../../workload/manifests.ts";
import { modelApiAddress } from "../model/api.ts";

/** Work and a fault that belong together: what faults that know nothing of the work hit once in thousands of runs. */
export interface ControllersScene {
  readonly workload: readonly Command[];
  readonly faults: readonly Fault[];
}

const [namespace, ttlSeconds] = ["default", 2];
const none: ControllersScene = { workload: [], faults: [] };

/** A Job that goes by itself is to stay, which is heard of late by who deletes such, and just when its time is up. */
function withdrawal(ttlLoop: string, lastMs: number): fc.Arbitrary<ControllersScene> {
  return fc
    .record({
      atMs: fc.nat(lastMs - 8_000),
      afterMs: fc.integer({ min: 1_500, max: 3_000 }),
      delayMs: fc.integer({ min: 500, max: 3_000 }),
    })
    .map(({ atMs, afterMs, delayMs }): ControllersScene => {
      const what = { kind: "Job", namespace, name: "withdrawn" } as const;
      const template = { spec: { ...podSpec({ image: jobImage }), restartPolicy: "Never" } };
      const spec = { completions: 1, ttlSecondsAfterFinished: ttlSeconds, template };
      const object = { apiVersion: "batch/v1", kind: what.kind, metadata: { name: what.name, namespace }, spec };
      const patch = { spec: { ttlSecondsAfterFinished: null } };
      const parameters = { from: [modelApiAddress], to: [ttlLoop], oneWay: true, types: ["api.watch"], delayMs };
      return {
        workload: [
          { op: "make", ...what, atMs, object },
          { op: "change", ...what, atMs: atMs + afterMs, patch },
        ],
        faults: [{ kind: "lag", parameters, trigger: { atMs: atMs + afterMs - 1 }, forMs: delayMs }],
      };
    });
}

/** Pods of a Job are deleted, which makes others in their place only when they have ended. */
function replacement(lastMs: number): fc.Arbitrary<ControllersScene> {
  return fc
    .record({
      atMs: fc.nat(lastMs - 9_000),
      isIndexed: fc.boolean(),
      completions: fc.integer({ min: 2, max: 4 }),
      kills: fc.array(
        fc.record({ afterMs: fc.integer({ min: 500, max: 3_500 }), count: fc.integer({ min: 1, max: 2 }) }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
    })
    .map(({ atMs, isIndexed, completions, kills }): ControllersScene => {
      const what = { kind: "Job", namespace, name: "replaced" } as const;
      const labels = { app: what.name };
      const template = { metadata: { labels }, spec: { ...podSpec({ image: steadyImage }), restartPolicy: "Never" } };
      const spec = {
        ...{ completions, parallelism: 2, podReplacementPolicy: "Failed", template },
        ...(isIndexed ? { completionMode: "Indexed" } : {}),
      };
      const object = { apiVersion: "batch/v1", kind: what.kind, metadata: { name: what.name, namespace }, spec };
      let killMs = atMs;
      const deleted = kills.map(({ afterMs, count }): Command => {
        killMs += afterMs;
        return { op: "killPods", name: what.name, count, atMs: killMs };
      });
      return { workload: [{ op: "make", ...what, atMs, object }, ...deleted], faults: [] };
    });
}

/** None in most runs. */
export function controllersScenes(ttlLoop: string, lastMs: number): fc.Arbitrary<ControllersScene> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(none) },
    { weight: 1, arbitrary: withdrawal(ttlLoop, lastMs) },
    { weight: 1, arbitrary: replacement(lastMs) },
  );
}
