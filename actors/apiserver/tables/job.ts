import type { Job } from "../../api/kinds/job.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";
import { humanDuration } from "./printing/duration.ts";

/** NAME STATUS COMPLETIONS DURATION AGE, and with `-o wide` what it runs. */
export const job = defineTable<Job>({
  group: "batch",
  kind: "Job",
  columns: [
    nameColumn,
    { name: "Status", description: "What has become of it", of: statusOf },
    { name: "Completions", description: "How many pods have ended well", of: completionsOf },
    { name: "Duration", description: "How long it ran, or has run", of: durationOf },
    ageColumn,
    containersColumn,
    imagesColumn,
    {
      name: "Selector",
      wide: true,
      description: "Which pods it counts",
      of: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
});

function statusOf({ metadata, status }: Frozen<Job>): string {
  const has = (type: string) => (status.conditions ?? []).some((each) => each.type === type && each.status === "True");
  if (has("Complete")) return "Complete";
  if (has("Failed")) return "Failed";
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  if (has("Suspended")) return "Suspended";
  if (has("FailureTarget")) return "FailureTarget";
  return has("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
}

function completionsOf({ spec, status }: Frozen<Job>): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf({ status }: Frozen<Job>, nowMs: number): string {
  if (status.startTime === undefined) return "";
  const endMs = status.completionTime === undefined ? nowMs : parseTime(status.completionTime);
  return humanDuration((endMs ?? nowMs) - (parseTime(status.startTime) ?? nowMs));
}
