import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { jobNamed } from "../../../properties/stages/controllers/jobs.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";

/** Virtual time begins here in labs. */
const startMs = Date.UTC(2026, 0, 1);
const namespace = "default";
const loops = ["cron-job", "job", "garbage-collector"];
const merge = { contentType: "application/merge-patch+json" } as const;

function add(lab: ControllerLab, name: string, { exits, ...spec }: Record<string, unknown> = {}): void {
  const { spec: job } = jobNamed(name, exits === undefined ? {} : { exits }) as { spec: object };
  const body = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name },
    spec: { schedule: "* * * * *", jobTemplate: { spec: job }, ...spec },
  };
  const created = lab.call("create", "cronjobs", { namespace, body });
  assert.equal(created.code, 201, JSON.stringify(created.body));
}

function change(lab: ControllerLab, name: string, spec: object): void {
  assert.equal(lab.call("patch", "cronjobs", { namespace, name, body: { spec }, ...merge }).code, 200);
}

/** Lets time pass until so many minutes after the beginning. */
function toMinute(lab: ControllerLab, minutes: number): void {
  lab.simulation.advance(minutes * 60_000 - lab.simulation.uptimeMs());
}

const jobNames = (lab: ControllerLab) =>
  lab
    .all("jobs")
    .map(({ metadata }) => metadata.name)
    .sort();
const nameAt = (name: string, minutes: number) => `${name}-${startMs / 60_000 + minutes}`;

function eventLines(lab: ControllerLab): string[] {
  lab.simulation.advance(1_000);
  return lab.all("events").map(({ type, reason, message }) => `${type} ${reason} ${message}`);
}

test("cronJob starts a Job at each time of its schedule, and notes what comes of it", () => {
  const lab = createControllerLab({ loops });
  add(lab, "tick", { exits: [0] });
  toMinute(lab, 0.9);
  assert.deepEqual(jobNames(lab), []);
  toMinute(lab, 1.5);
  assert.deepEqual(jobNames(lab), [nameAt("tick", 1)]);
  const job = lab.one("jobs", nameAt("tick", 1));
  assert.equal(job.metadata.ownerReferences[0].name, "tick");
  assert.equal(job.metadata.ownerReferences[0].controller, true);
  assert.equal(job.metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"], "2026-01-01T00:01:00Z");
  const { status } = lab.one("cronjobs", "tick");
  assert.deepEqual(status, { lastScheduleTime: "2026-01-01T00:01:00Z", lastSuccessfulTime: job.status.completionTime });
  const lines = eventLines(lab);
  assert.ok(lines.includes(`Normal SuccessfulCreate Created job ${nameAt("tick", 1)}`));
  assert.ok(lines.includes(`Normal SawCompletedJob Saw completed job: ${nameAt("tick", 1)}, status: Complete`));
});

test("cronJob names the Jobs that go on in its status", () => {
  const lab = createControllerLab({ loops });
  add(lab, "long");
  toMinute(lab, 2.5);
  const { active, lastScheduleTime } = lab.one("cronjobs", "long").status;
  assert.deepEqual(
    active.map(({ name }: { name: string }) => name),
    [nameAt("long", 1), nameAt("long", 2)],
  );
  const { uid } = lab.one("jobs", nameAt("long", 1)).metadata;
  assert.deepEqual([active[0].kind, active[0].apiVersion, active[0].uid], ["Job", "batch/v1", uid]);
  assert.equal(lastScheduleTime, "2026-01-01T00:02:00Z");
});

test("cronJob starts nothing beside a Job that goes on when it must not, and replaces it when it may", () => {
  const lab = createControllerLab({ loops });
  add(lab, "one", { concurrencyPolicy: "Forbid" });
  add(lab, "last", { concurrencyPolicy: "Replace" });
  toMinute(lab, 3.5);
  assert.deepEqual(jobNames(lab), [nameAt("last", 3), nameAt("one", 1)]);
  const lines = eventLines(lab);
  const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
  assert.ok(lines.includes(`Normal JobAlreadyActive ${message}`));
  assert.ok(lines.includes(`Normal SuccessfulDelete Deleted job ${nameAt("last", 2)}`));
});

test("cronJob keeps as many ended Jobs as it is told to", () => {
  const lab = createControllerLab({ loops });
  add(lab, "good", { exits: [0], successfulJobsHistoryLimit: 2 });
  toMinute(lab, 5.5);
  assert.deepEqual(jobNames(lab), [nameAt("good", 4), nameAt("good", 5)]);
  assert.ok(eventLines(lab).includes(`Normal SuccessfulDelete Deleted job ${nameAt("good", 1)}`));
  change(lab, "good", { successfulJobsHistoryLimit: 0 });
  lab.simulation.advance(2_000);
  assert.deepEqual(jobNames(lab), []);
});

test("cronJob starts nothing while it is suspended, and makes up for the last start alone", () => {
  const lab = createControllerLab({ loops });
  add(lab, "nap", { suspend: true, exits: [0] });
  toMinute(lab, 4.5);
  assert.deepEqual(jobNames(lab), []);
  change(lab, "nap", { suspend: false });
  lab.simulation.advance(2_000);
  assert.deepEqual(jobNames(lab), [nameAt("nap", 4)]);
});

test("cronJob makes up for no start that is later than its deadline", () => {
  const lab = createControllerLab({ loops });
  add(lab, "nap", { suspend: true, startingDeadlineSeconds: 10 });
  toMinute(lab, 4.5);
  change(lab, "nap", { suspend: false });
  lab.simulation.advance(2_000);
  assert.deepEqual(jobNames(lab), []);
  toMinute(lab, 5.1);
  assert.deepEqual(jobNames(lab), [nameAt("nap", 5)]);
});

test("cronJob warns of more than a hundred missed starts, and makes the last one", () => {
  const lab = createControllerLab({ loops });
  add(lab, "long-nap", { suspend: true });
  toMinute(lab, 120.5);
  change(lab, "long-nap", { suspend: false });
  lab.simulation.advance(2_000);
  assert.deepEqual(jobNames(lab), [nameAt("long-nap", 120)]);
  const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
  assert.ok(eventLines(lab).includes(`Warning TooManyMissedTimes ${message}`));
});

test("cronJob goes by a new schedule from its change on", () => {
  const lab = createControllerLab({ loops });
  add(lab, "moved", { schedule: "0 12 * * *" });
  toMinute(lab, 30);
  change(lab, "moved", { schedule: "10,40 * * * *" });
  toMinute(lab, 35);
  assert.deepEqual(jobNames(lab), []);
  toMinute(lab, 41);
  assert.deepEqual(jobNames(lab), [nameAt("moved", 40)]);
});

test("cronJob goes by its time zone", () => {
  const lab = createControllerLab({ loops });
  add(lab, "east", { schedule: "45 5 * * *", timeZone: "Asia/Kolkata" });
  toMinute(lab, 16);
  const [job] = lab.all("jobs");
  assert.equal(
    job.metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"],
    "2026-01-01T05:45:00+05:30",
  );
  assert.equal(job.metadata.name, nameAt("east", 15));
});

test("cronJob leaves a Job alone that it owns but does not control, and forgets one that is gone", () => {
  const lab = createControllerLab({ loops });
  add(lab, "tick");
  const { uid } = lab.one("cronjobs", "tick").metadata;
  const manual = jobNamed("by-hand") as { metadata: object };
  const ownerReferences = [{ apiVersion: "batch/v1", kind: "CronJob", name: "tick", uid }];
  lab.call("create", "jobs", { namespace, body: { ...manual, metadata: { ...manual.metadata, ownerReferences } } });
  toMinute(lab, 1.5);
  assert.deepEqual(lab.one("cronjobs", "tick").status.active.length, 1);
  lab.call("delete", "jobs", { namespace, name: nameAt("tick", 1), body: { propagationPolicy: "Background" } });
  lab.simulation.advance(3_000);
  assert.equal(lab.one("cronjobs", "tick").status.active, undefined);
  assert.ok(eventLines(lab).includes(`Normal MissingJob Active job went missing: ${nameAt("tick", 1)}`));
});

property(
  "cronJob starts each Job once, and knows it, whatever crashes and is lost",
  [fc.nat(1_000), fc.integer({ min: 1, max: 25 })],
  (seed, nth) => {
    const actor = "manager-0/cron-job";
    const lab = createControllerLab({
      loops,
      seed,
      servers: 2,
      faults: [
        { kind: "crash", parameters: { actor }, trigger: { actor, event: "reply", nth }, forMs: 20 },
        {
          kind: "loss",
          parameters: { from: ["*"], to: [actor], probability: 0.2 },
          trigger: { atMs: 5 },
          forMs: 130_000,
        },
      ],
    });
    add(lab, "tick", { exits: [0], successfulJobsHistoryLimit: 100 });
    toMinute(lab, 3.5);
    lab.simulation.faults.heal();
    toMinute(lab, 6.9);
    const names = jobNames(lab);
    for (const minute of [4, 5, 6]) assert.ok(names.includes(nameAt("tick", minute)), String(names));
    const { status } = lab.one("cronjobs", "tick");
    assert.equal(status.active, undefined);
    assert.equal(status.lastScheduleTime, "2026-01-01T00:06:00Z");
    const created = lab.all("events").filter(({ reason }) => reason === "UnexpectedJob");
    assert.deepEqual(created, []);
  },
  { runs: 5 },
);
