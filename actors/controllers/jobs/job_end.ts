import type { Job } from "../../api/kinds/job.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen } from "../../api/types.ts";

/** How a Job ended. */
export interface JobEnd {
  readonly type: "Complete" | "Failed";
  /** By the condition that says so; undefined when it gives no time. */
  readonly atMs: number | undefined;
}

/** How and when a Job ended; undefined while it has not. */
export function jobEnd({ status }: Frozen<Job>): JobEnd | undefined {
  for (const { type, status: value, lastTransitionTime } of status.conditions ?? []) {
    if (value !== "True" || (type !== "Complete" && type !== "Failed")) continue;
    return { type, atMs: lastTransitionTime === undefined ? undefined : parseTime(lastTransitionTime) };
  }
  return undefined;
}
