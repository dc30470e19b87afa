import { type Case, gone, meta, ownedBy, pod, podKey, put, testRule } from "../stages/rule_cases.ts";
import { autoscalersKeepTheirBounds } from "./autoscalers_keep_their_bounds.ts";
import { jobsEndForTheirReasons } from "./jobs_end_for_their_reasons.ts";
import { schedulesKeepTheirPolicy } from "./schedules_keep_their_policy.ts";

const template = { spec: { restartPolicy: "Never" } };
const over = (type: string, reason: string) => ({ conditions: [{ type, status: "True", reason }] });
const job = (atMs: number, spec: object, status: object = {}) =>
  put(atMs, "jobs/default/task", { metadata: meta("task"), spec: { template, ...spec }, status });
const ofTask = (index: string) => ({
  metadata: { ...ownedBy("Job", "task"), annotations: { "batch.kubernetes.io/job-completion-index": index } },
});

const minute = 29_453_761;
const timeOf = (ms: number) => new Date(minute * 60_000 + ms).toISOString();
const cronJob = (atMs: number, spec: object) =>
  put(atMs, "cronjobs/default/tick", {
    metadata: meta("tick", { creationTimestamp: timeOf(0) }),
    spec: { schedule: "* * * * *", concurrencyPolicy: "Allow", ...spec },
    status: {},
  });
/** The Job of the nth minute, made so long after it. */
const started = (atMs: number, nth: number, { lateMs = 100, status = {} } = {}) => {
  const name = `tick-${minute + nth}`;
  const creationTimestamp = timeOf(nth * 60_000 + lateMs);
  const metadata = meta(name, { ...ownedBy("CronJob", "tick"), creationTimestamp });
  return put(atMs, `jobs/default/${name}`, { metadata, spec: {}, status });
};
const complete = (ms: number) => ({ startTime: timeOf(ms), ...over("Complete", "CompletionsReached") });

const crew = (atMs: number, replicas: number) =>
  put(atMs, "controllers/default/crew", { metadata: meta("crew"), spec: { replicas } });
const autoscaler = (spec: object = {}) => {
  const scaleTargetRef = { apiVersion: "v1", kind: "ReplicationController", name: "crew" };
  const whole = { scaleTargetRef, minReplicas: 2, maxReplicas: 6, ...spec };
  return put(1, "horizontalpodautoscalers/default/crew", { metadata: meta("scaler"), spec: whole });
};
const hasty = { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } };

const cases: readonly Case[] = [
  {
    rule: jobsEndForTheirReasons,
    says: /failed by 1 failures, of which it bears 1/,
    wrong: [job(1, { backoffLimit: 1 }, { failed: 1, ...over("Failed", "BackoffLimitExceeded") })],
    right: [job(1, { backoffLimit: 1 }, { failed: 2, ...over("Failed", "BackoffLimitExceeded") })],
    onlyInCalm: false,
  },
  {
    rule: jobsEndForTheirReasons,
    says: /has 1 failed indexes, and bears 1/,
    wrong: [job(1, { maxFailedIndexes: 1 }, { failedIndexes: "0", ...over("Failed", "MaxFailedIndexesExceeded") })],
    right: [job(1, { maxFailedIndexes: 1 }, { failedIndexes: "0,2", ...over("Failed", "MaxFailedIndexesExceeded") })],
    onlyInCalm: false,
  },
  {
    rule: jobsEndForTheirReasons,
    says: /has failed after 3000 ms, and has 5 s/,
    wrong: [
      job(1, { activeDeadlineSeconds: 5 }),
      job(3_000, { activeDeadlineSeconds: 5, suspend: true }),
      job(3_010, { activeDeadlineSeconds: 5, suspend: true }, over("Suspended", "JobSuspended")),
      job(4_000, { activeDeadlineSeconds: 5 }, over("Suspended", "JobSuspended")),
      job(7_000, { activeDeadlineSeconds: 5 }, over("Failed", "DeadlineExceeded")),
    ],
    right: [
      job(1, { activeDeadlineSeconds: 5 }),
      job(3_000, { activeDeadlineSeconds: 5, suspend: true }),
      job(4_000, { activeDeadlineSeconds: 5 }),
      job(6_000, { activeDeadlineSeconds: 5 }, over("Failed", "DeadlineExceeded")),
    ],
    onlyInCalm: false,
  },
  {
    rule: jobsEndForTheirReasons,
    says: /has waited for 3000 ms, and a stays/,
    wrong: [put(1, podKey("a"), pod("a", ofTask("0"))), job(2, { suspend: true }), job(3_002, { suspend: false })],
    right: [
      put(1, podKey("a"), pod("a", ofTask("0"))),
      job(2, { suspend: true }),
      gone(900, podKey("a")),
      job(3_002, { suspend: false }),
    ],
  },
  {
    rule: jobsEndForTheirReasons,
    says: /was made for index 1, which had failed for good/,
    wrong: [job(1, {}, { failedIndexes: "0-1" }), put(3_000, podKey("a"), pod("a", ofTask("1")))],
    right: [job(1, {}, { failedIndexes: "0-1" }), put(3_000, podKey("a"), pod("a", ofTask("2")))],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /beside tick-29453761, and its policy is Forbid/,
    wrong: [cronJob(1, { concurrencyPolicy: "Forbid" }), started(10, 0), started(60_010, 1)],
    right: [
      cronJob(1, { concurrencyPolicy: "Forbid" }),
      started(10, 0),
      started(20_000, 0, { status: complete(0) }),
      started(60_010, 1),
    ],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /while it waits for 5000 ms/,
    wrong: [cronJob(1, { suspend: true }), started(5_001, 0)],
    right: [cronJob(1, { suspend: true }), cronJob(5_000, { suspend: false }), started(5_001, 0)],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /30000 ms late, where it may be 20 s/,
    wrong: [cronJob(1, { startingDeadlineSeconds: 20 }), started(30_000, 0, { lateMs: 30_000 })],
    right: [cronJob(1, { startingDeadlineSeconds: 40 }), started(30_000, 0, { lateMs: 30_000 })],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /started for \d+, and \d+ has come/,
    wrong: [cronJob(1, {}), started(70_000, 0, { lateMs: 70_000 })],
    right: [cronJob(1, {}), started(70_000, 0, { lateMs: 50_000 })],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /tick-29453762 was forgotten, and tick-29453761 is older/,
    wrong: [
      cronJob(1, { successfulJobsHistoryLimit: 1 }),
      started(10, 0, { status: complete(0) }),
      started(60_010, 1, { status: complete(60_000) }),
      gone(61_000, `jobs/default/tick-${minute + 1}`),
    ],
    right: [
      cronJob(1, { successfulJobsHistoryLimit: 1 }),
      started(10, 0, { status: complete(0) }),
      started(60_010, 1, { status: complete(60_000) }),
      gone(61_000, `jobs/default/tick-${minute}`),
    ],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /tick-29453761 was forgotten, which leaves 0 of 1 that are Complete/,
    wrong: [
      cronJob(1, { successfulJobsHistoryLimit: 1 }),
      started(10, 0, { status: complete(0) }),
      gone(61_000, `jobs/default/tick-${minute}`),
    ],
    right: [
      cronJob(1, { successfulJobsHistoryLimit: 0 }),
      started(10, 0, { status: complete(0) }),
      gone(61_000, `jobs/default/tick-${minute}`),
    ],
  },
  {
    rule: schedulesKeepTheirPolicy,
    says: /was started for \d+, and has that schedule since \d+/,
    wrong: [cronJob(1, { schedule: "0 3 * * *" }), cronJob(20_000, {}), started(20_010, 0)],
    right: [cronJob(1, { schedule: "0 3 * * *" }), cronJob(20_000, {}), started(60_010, 1)],
  },
  {
    rule: autoscalersKeepTheirBounds,
    says: /from 3 to 1, which may have 2 to 6/,
    wrong: [crew(1, 3), autoscaler(hasty), crew(20_000, 1)],
    right: [crew(1, 3), autoscaler(hasty), crew(20_000, 2)],
    onlyInCalm: false,
  },
  {
    rule: autoscalersKeepTheirBounds,
    says: /from 4 to 3, 19999 ms after it was first asked/,
    wrong: [crew(1, 4), autoscaler(), crew(20_000, 3)],
    right: [crew(1, 4), autoscaler(), crew(301_000, 3)],
    onlyInCalm: false,
  },
  {
    rule: autoscalersKeepTheirBounds,
    says: /from 2 to 6, which is more than at once/,
    wrong: [crew(1, 2), autoscaler(), crew(20_000, 6)],
    right: [crew(1, 2), autoscaler(), crew(20_000, 4)],
    onlyInCalm: false,
  },
];

for (const each of cases) testRule(each);
