import fc from "fast-check";
import { simulationStartMs } from "../../runtime/hosts/simulation/simulation.ts";
import type { Command } from "../workload/command.ts";
import { jobImage, podSpec } from "../workload/manifests.ts";

/** In a run that begins at this time of day the minute at which Jobs are to be started comes while users are at work. */
export const timetableStartMs = simulationStartMs + 50_000;
const dueMs = 10_000;
/** That minute, once a day: a run ends before it comes again. */
const schedule = "1 0 * * *";

/** Whether a command is about what is done by the time of day. */
export function isTimed(command: Command): boolean {
  return "kind" in command && command.kind === "CronJob";
}

/** CronJobs whose time comes, or has come before somebody lets them go on; what they start may be kept, or not. */
export function timetables(): fc.Arbitrary<readonly Command[]> {
  const one = fc.record({
    atMs: fc.oneof(fc.nat(dueMs - 1_000), fc.integer({ min: dueMs - 1_000, max: dueMs + 1_000 })),
    policy: fc.constantFrom("Allow", "Forbid", "Replace"),
    kept: fc.constantFrom(undefined, undefined, 0, 1),
    waits: fc.boolean(),
    goesOnMs: fc.integer({ min: 1, max: dueMs }),
    deadlineSeconds: fc.constantFrom(undefined, undefined, 100),
    changes: fc.boolean(),
    isDropped: fc.constantFrom(false, false, false, true),
  });
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((all) =>
    all.flatMap(({ atMs, policy, kept, waits, goesOnMs, deadlineSeconds, changes, isDropped }, index): Command[] => {
      const what = { kind: "CronJob", namespace: "default", name: `daily-${index}` } as const;
      const template = { spec: { ...podSpec({ image: jobImage }), restartPolicy: "Never" } };
      const spec = {
        ...{ schedule, concurrencyPolicy: policy, suspend: waits, jobTemplate: { spec: { template } } },
        ...(kept === undefined ? {} : { successfulJobsHistoryLimit: kept }),
        ...(deadlineSeconds === undefined ? {} : { startingDeadlineSeconds: deadlineSeconds }),
      };
      const metadata = { name: what.name, namespace: what.namespace };
      const object = { apiVersion: "batch/v1", kind: "CronJob", metadata, spec };
      const next = atMs + goesOnMs;
      const labels = { metadata: { labels: { changed: "yes" } } };
      return [
        { op: "make", ...what, atMs, object },
        ...(waits ? [{ op: "change", ...what, atMs: next, patch: { spec: { suspend: false } } } as const] : []),
        ...(changes ? [{ op: "change", ...what, atMs: dueMs + (goesOnMs >> 2), patch: labels } as const] : []),
        ...(isDropped ? [{ op: "drop", ...what, atMs: next + 2_000, propagationPolicy: "Background" } as const] : []),
      ];
    }),
  );
}
