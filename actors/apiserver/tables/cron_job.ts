import type { CronJob } from "../../api/kinds/cron_job.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { ageColumn, defineTable, listed, nameColumn } from "./printing/columns.ts";
import { ageOf } from "./printing/duration.ts";

/** NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST-SCHEDULE AGE, and with `-o wide` what it runs. */
export const cronJob = defineTable<CronJob>({
  group: "batch",
  kind: "CronJob",
  columns: [
    nameColumn,
    { name: "Schedule", description: "When it makes Jobs", of: ({ spec }) => spec.schedule },
    { name: "Timezone", description: "In which zone that is meant", of: ({ spec }) => spec.timeZone ?? "<none>" },
    {
      name: "Suspend",
      type: "boolean",
      description: "Whether it makes none for now",
      of: ({ spec }) => (spec.suspend === true ? "True" : "False"),
    },
    {
      name: "Active",
      type: "integer",
      description: "How many of its Jobs run",
      of: ({ status }) => (status.active ?? []).length,
    },
    {
      name: "Last Schedule",
      description: "How long ago it made one",
      of: ({ status }, nowMs) =>
        status.lastScheduleTime === undefined ? "<none>" : ageOf(status.lastScheduleTime, nowMs),
    },
    ageColumn,
    {
      name: "Containers",
      wide: true,
      description: "The names of the containers in the template",
      of: ({ spec }) => listed((spec.jobTemplate.spec?.template.spec?.containers ?? []).map(({ name }) => name)),
    },
    {
      name: "Images",
      wide: true,
      description: "The images of the containers in the template",
      of: ({ spec }) =>
        listed((spec.jobTemplate.spec?.template.spec?.containers ?? []).map(({ image }) => image ?? "")),
    },
    {
      name: "Selector",
      wide: true,
      description: "Which pods its Jobs count",
      of: ({ spec }) => formatLabelSelector(spec.jobTemplate.spec?.selector),
    },
  ],
});
