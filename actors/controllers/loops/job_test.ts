import { assert, test } from "../../../properties/house/test.ts";
import { addJob, conditionLines, endPod, isOver, runningPods } from "../../../properties/stages/controllers/jobs.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const loops = ["job"];
const merge = { contentType: "application/merge-patch+json" } as const;

function eventLines(lab: ControllerLab): string[] {
  lab.simulation.advance(1_000);
  return lab.all("events").map(({ type, reason, message }) => `${type} ${reason} ${message}`);
}

test("job runs a pod to its end, counts it once and says so", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "one");
  assert.ok(lab.until(() => runningPods(lab).length === 1));
  lab.simulation.advance(500);
  const [pod] = lab.all("pods");
  assert.match(pod.metadata.name, /^one-[a-z0-9]{5}$/);
  assert.equal(pod.metadata.generateName, "one-");
  assert.deepEqual(pod.metadata.finalizers, ["batch.kubernetes.io/job-tracking"]);
  const begun = lab.one("jobs", "one").status;
  assert.equal(begun.active, 1);
  assert.equal(begun.ready, 1);
  assert.equal(begun.terminating, 0);
  assert.deepEqual(begun.uncountedTerminatedPods, {});
  endPod(lab, pod.metadata.name, 0);
  assert.ok(lab.until(() => isOver(lab, "one")));
  const { status } = lab.one("jobs", "one");
  assert.equal(status.succeeded, 1);
  assert.equal(status.active, undefined);
  assert.equal(status.failed, undefined);
  assert.equal(status.ready, 0);
  assert.deepEqual(status.uncountedTerminatedPods, {});
  assert.equal(status.completionTime, status.conditions[1].lastTransitionTime);
  assert.deepEqual(conditionLines(lab, "one"), [
    "SuccessCriteriaMet True CompletionsReached",
    "Complete True CompletionsReached",
  ]);
  assert.equal(lab.all("pods")[0].metadata.finalizers, undefined);
  const lines = eventLines(lab);
  assert.ok(lines.includes(`Normal SuccessfulCreate Created pod: ${pod.metadata.name}`));
  assert.ok(lines.includes("Normal Completed Job completed"));
  const versions = () =>
    ["jobs", "pods", "events"].flatMap((kind) => lab.all(kind)).map((each) => each.metadata.resourceVersion);
  const before = versions();
  lab.simulation.advance(120_000);
  assert.deepEqual(versions(), before);
});

test("job runs so many pods at a time until so many have succeeded", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "many", { completions: 5, parallelism: 2 });
  let made = 0;
  while (!isOver(lab, "many")) {
    assert.ok(lab.until(() => runningPods(lab).length > 0 || isOver(lab, "many")));
    assert.ok(runningPods(lab).length <= 2);
    for (const pod of runningPods(lab)) endPod(lab, pod.metadata.name, 0);
    lab.simulation.advance(500);
    assert.ok(made++ < 10);
  }
  assert.equal(lab.one("jobs", "many").status.succeeded, 5);
  assert.equal(lab.all("pods").length, 5);
});

test("job with neither completions given is done when any pod has succeeded and none runs", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "queue", { parallelism: 3 });
  assert.ok(lab.until(() => runningPods(lab).length === 3));
  const [first, ...others] = runningPods(lab);
  endPod(lab, first.metadata.name, 0);
  lab.simulation.advance(2_000);
  assert.equal(runningPods(lab).length, 2);
  assert.ok(!isOver(lab, "queue"));
  for (const pod of others) endPod(lab, pod.metadata.name, 1);
  assert.ok(lab.until(() => isOver(lab, "queue")));
  const { status } = lab.one("jobs", "queue");
  assert.deepEqual([status.succeeded, status.failed], [1, 2]);
});

test("job waits 10 s, then 20 s, before it replaces pods that failed, and gives up beyond its backoffLimit", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "bad", { backoffLimit: 2, exits: [3] });
  lab.simulation.advance(9_000);
  assert.equal(lab.all("pods").length, 1);
  lab.simulation.advance(3_000);
  assert.equal(lab.all("pods").length, 2);
  lab.simulation.advance(17_000);
  assert.equal(lab.all("pods").length, 2);
  lab.simulation.advance(4_000);
  assert.equal(lab.all("pods").length, 3);
  assert.ok(lab.until(() => isOver(lab, "bad")));
  assert.equal(lab.one("jobs", "bad").status.failed, 3);
  assert.deepEqual(conditionLines(lab, "bad"), [
    "FailureTarget True BackoffLimitExceeded",
    "Failed True BackoffLimitExceeded",
  ]);
  assert.ok(eventLines(lab).includes("Warning BackoffLimitExceeded Job has reached the specified backoff limit"));
});

test("job counts restarts against its backoffLimit where containers are started again", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "again", { backoffLimit: 2, restartPolicy: "OnFailure" });
  assert.ok(lab.until(() => runningPods(lab).length === 1));
  const [{ metadata }] = runningPods(lab);
  const restarted = (restartCount: number) => {
    const status = { containerStatuses: [{ name: "c", image: "web:1", imageID: "", ready: true, restartCount }] };
    lab.call("patch", "pods", { namespace, name: metadata.name, subresource: "status", body: { status }, ...merge });
    lab.simulation.advance(1_000);
  };
  restarted(1);
  assert.deepEqual(conditionLines(lab, "again"), []);
  restarted(2);
  assert.ok(lab.until(() => isOver(lab, "again")));
  assert.deepEqual(conditionLines(lab, "again").at(-1), "Failed True BackoffLimitExceeded");
  assert.equal(lab.one("jobs", "again").status.failed, 1);
});

test("job with indexes gives each pod its own by label, annotation, environment and host name", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "set", { completions: 5, parallelism: 2, completionMode: "Indexed" });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  const [first, second] = runningPods(lab).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  assert.match(first.metadata.name, /^set-0-[a-z0-9]{5}$/);
  assert.equal(first.metadata.generateName, "set-0-");
  assert.equal(first.metadata.labels["batch.kubernetes.io/job-completion-index"], "0");
  assert.equal(second.metadata.annotations["batch.kubernetes.io/job-completion-index"], "1");
  assert.equal(second.spec.hostname, "set-1");
  assert.deepEqual(first.spec.containers[0].env, [
    {
      name: "JOB_COMPLETION_INDEX",
      valueFrom: {
        fieldRef: { apiVersion: "v1", fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
      },
    },
  ]);
  endPod(lab, second.metadata.name, 0);
  assert.ok(lab.until(() => lab.one("jobs", "set").status.completedIndexes === "1"));
  while (!isOver(lab, "set")) {
    for (const pod of runningPods(lab)) endPod(lab, pod.metadata.name, 0);
    lab.simulation.advance(500);
  }
  const { status } = lab.one("jobs", "set");
  assert.deepEqual([status.succeeded, status.completedIndexes], [5, "0-4"]);
});

test("job keeps one pod of each index, and none without an index that it has", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "set", { completions: 2, parallelism: 2, completionMode: "Indexed" });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  const [{ metadata, spec }] = runningPods(lab);
  for (const [name, index] of Object.entries({ double: "0", beyond: "7", none: "x" })) {
    const annotations = { "batch.kubernetes.io/job-completion-index": index };
    const { labels, ownerReferences, finalizers } = metadata;
    const body = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels, annotations, ownerReferences, finalizers },
      spec,
    };
    assert.equal(lab.call("create", "pods", { namespace, body }).code, 201);
  }
  lab.simulation.advance(3_000);
  const indexes = runningPods(lab).map((pod) => pod.metadata.annotations["batch.kubernetes.io/job-completion-index"]);
  assert.deepEqual(indexes.sort(), ["0", "1"]);
});

test("job with a limit for each index fails indexes by themselves, and fails when all are settled", () => {
  const lab = createControllerLab({ loops });
  const spec = { completions: 4, parallelism: 4, completionMode: "Indexed", backoffLimitPerIndex: 1 };
  addJob(lab, "each", { ...spec, exits: [0, 1, 0, 1] });
  lab.simulation.advance(5_000);
  assert.equal(lab.one("jobs", "each").status.completedIndexes, "0,2");
  assert.equal(lab.all("pods").length, 4);
  assert.ok(lab.until(() => isOver(lab, "each")));
  const { status } = lab.one("jobs", "each");
  assert.deepEqual([status.failedIndexes, status.completedIndexes, status.failed], ["1,3", "0,2", 4]);
  assert.equal(conditionLines(lab, "each").at(-1), "Failed True FailedIndexes");
  const counts = lab
    .all("pods")
    .map(({ metadata }) => metadata.annotations["batch.kubernetes.io/job-index-failure-count"]);
  assert.deepEqual(counts.sort(), ["0", "0", "0", "0", "1", "1"]);
});

test("job fails when more indexes have failed than it allows", () => {
  const lab = createControllerLab({ loops });
  const spec = {
    completions: 5,
    parallelism: 5,
    completionMode: "Indexed",
    backoffLimitPerIndex: 0,
    maxFailedIndexes: 1,
  };
  addJob(lab, "each", spec);
  assert.ok(lab.until(() => runningPods(lab).length === 5));
  for (const pod of runningPods(lab).slice(0, 2)) endPod(lab, pod.metadata.name, 1);
  assert.ok(lab.until(() => isOver(lab, "each")));
  assert.equal(conditionLines(lab, "each").at(-1), "Failed True MaxFailedIndexesExceeded");
  assert.equal(runningPods(lab).length, 0);
});

test("job does with pods that failed what its policy says", () => {
  const lab = createControllerLab({ loops });
  const rules = [
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
    { action: "FailJob", onExitCodes: { containerName: "c", operator: "In", values: [42] } },
  ];
  addJob(lab, "picky", { backoffLimit: 0, podFailurePolicy: { rules } });
  assert.ok(lab.until(() => runningPods(lab).length === 1));
  const disrupted = { conditions: [{ type: "DisruptionTarget", status: "True" }] };
  endPod(lab, runningPods(lab)[0].metadata.name, { exitCode: 137, ...disrupted });
  assert.ok(lab.until(() => runningPods(lab).length === 1));
  assert.equal(lab.one("jobs", "picky").status.failed, undefined);
  const { name } = runningPods(lab)[0].metadata;
  endPod(lab, name, 42);
  assert.ok(lab.until(() => isOver(lab, "picky")));
  const failed = lab.one("jobs", "picky").status.conditions.at(-1);
  assert.equal(failed.reason, "PodFailurePolicy");
  const message = `Container c for pod default/${name} failed with exit code 42 matching FailJob rule at index 1`;
  assert.equal(failed.message, message);
});

test("job is done when its success policy is met, and ends what still runs without counting it as failed", () => {
  const lab = createControllerLab({ loops });
  const successPolicy = { rules: [{ succeededIndexes: "1-2", succeededCount: 1 }] };
  addJob(lab, "lead", { completions: 4, parallelism: 4, completionMode: "Indexed", successPolicy });
  assert.ok(lab.until(() => runningPods(lab).length === 4));
  const pods = runningPods(lab).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  endPod(lab, pods[0].metadata.name, 0);
  lab.simulation.advance(2_000);
  assert.ok(!isOver(lab, "lead"));
  endPod(lab, pods[2].metadata.name, 0);
  assert.ok(lab.until(() => isOver(lab, "lead")));
  assert.deepEqual(conditionLines(lab, "lead"), [
    "SuccessCriteriaMet True SuccessPolicy",
    "Complete True SuccessPolicy",
  ]);
  const { status } = lab.one("jobs", "lead");
  assert.equal(status.conditions[0].message, "Matched rules at index 0");
  assert.deepEqual([status.succeeded, status.failed, status.completedIndexes], [2, undefined, "0,2"]);
  assert.equal(runningPods(lab).length, 0);
});

test("job fails what runs longer than its deadline", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "slow", { activeDeadlineSeconds: 30 });
  lab.simulation.advance(28_000);
  assert.equal(runningPods(lab).length, 1);
  lab.simulation.advance(4_000);
  assert.equal(conditionLines(lab, "slow").at(-1), "Failed True DeadlineExceeded");
  assert.equal(runningPods(lab).length, 0);
  assert.equal(lab.one("jobs", "slow").status.failed, 1);
});

test("job that is suspended gives its pods up uncounted, and begins its time anew when it is resumed", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "nap", { completions: 2, parallelism: 2, activeDeadlineSeconds: 60 });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  const suspend = (value: boolean) =>
    lab.call("patch", "jobs", { namespace, name: "nap", body: { spec: { suspend: value } }, ...merge });
  suspend(true);
  lab.simulation.advance(100_000);
  const asleep = lab.one("jobs", "nap").status;
  assert.equal(lab.all("pods").length, 0);
  assert.deepEqual([asleep.active, asleep.failed, asleep.terminating], [undefined, undefined, 0]);
  assert.deepEqual(conditionLines(lab, "nap"), ["Suspended True JobSuspended"]);
  suspend(false);
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  lab.simulation.advance(1_000);
  assert.deepEqual(conditionLines(lab, "nap"), ["Suspended False JobResumed"]);
  assert.ok(lab.one("jobs", "nap").status.startTime > asleep.startTime);
  assert.ok(eventLines(lab).includes("Normal Suspended Job suspended"));
  assert.ok(eventLines(lab).includes("Normal Resumed Job resumed"));
});

test("job that begins suspended has no start time and no pods", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "later", { suspend: true });
  lab.simulation.advance(2_000);
  assert.equal(lab.all("pods").length, 0);
  assert.equal(lab.one("jobs", "later").status.startTime, undefined);
});

test("job waits for a pod that is being deleted to end before it replaces it, when it is told to", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  addJob(lab, "calm", { podReplacementPolicy: "Failed" });
  addJob(lab, "hasty", { podReplacementPolicy: "TerminatingOrFailed" });
  const podsOf = (name: string) => lab.all("pods").filter(({ metadata }) => metadata.generateName === `${name}-`);
  assert.ok(lab.until(() => lab.all("pods").length === 2));
  for (const { metadata } of lab.all("pods")) {
    const body = { spec: {}, metadata: {}, target: { name: "a" } };
    lab.call("create", "pods", { namespace, name: metadata.name, subresource: "binding", body });
    lab.call("delete", "pods", { namespace, name: metadata.name });
  }
  lab.simulation.advance(15_000);
  assert.deepEqual([podsOf("calm").length, podsOf("hasty").length], [1, 2]);
  const { status } = lab.one("jobs", "calm");
  assert.deepEqual([status.terminating, status.active, status.failed], [1, undefined, undefined]);
  assert.equal(lab.one("jobs", "hasty").status.failed, 1);
  endPod(lab, podsOf("calm")[0].metadata.name, 137);
  lab.simulation.advance(15_000);
  assert.equal(lab.one("jobs", "calm").status.failed, 1);
  assert.equal(podsOf("calm").filter(({ metadata }) => metadata.deletionTimestamp === undefined).length, 1);
});

test("job leaves Jobs alone that another controller manages", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "theirs", { managedBy: "example.com/other" });
  addJob(lab, "ours", { managedBy: "kubernetes.io/job-controller" });
  assert.ok(lab.until(() => runningPods(lab).length === 1));
  lab.simulation.advance(2_000);
  assert.equal(lab.all("pods").length, 1);
  assert.deepEqual(lab.one("jobs", "theirs").status, {});
});

test("job adopts pods that it selects, and releases those that it does not any more, with their finalizer", () => {
  const lab = createControllerLab({ loops });
  const labels = { app: "batch" };
  const spec = { restartPolicy: "Never", containers: [{ name: "c", image: "web:1" }] };
  const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "stray", labels }, spec };
  lab.call("create", "pods", { namespace, body });
  const template = { metadata: { labels }, spec };
  addJob(lab, "keeper", { manualSelector: true, selector: { matchLabels: labels }, template });
  lab.simulation.advance(2_000);
  const stray = lab.one("pods", "stray").metadata;
  assert.equal(lab.all("pods").length, 1);
  assert.equal(stray.ownerReferences[0].name, "keeper");
  assert.deepEqual(stray.finalizers, ["batch.kubernetes.io/job-tracking"]);
  lab.call("patch", "pods", { namespace, name: "stray", body: { metadata: { labels: { app: "x" } } }, ...merge });
  lab.simulation.advance(2_000);
  const released = lab.one("pods", "stray").metadata;
  assert.deepEqual([released.ownerReferences, released.finalizers], [undefined, undefined]);
  assert.equal(lab.all("pods").length, 2);
});

test("job lets the pods go of a Job that is deleted", () => {
  const lab = createControllerLab({ loops: ["job", "garbage-collector"] });
  addJob(lab, "brief", { parallelism: 2, completions: 2 });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  lab.call("delete", "jobs", { namespace, name: "brief", body: { propagationPolicy: "Background" } });
  assert.ok(lab.until(() => lab.all("pods").length === 0));
  addJob(lab, "solemn", { parallelism: 2, completions: 2 });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  lab.call("delete", "jobs", { namespace, name: "solemn", body: { propagationPolicy: "Foreground" } });
  assert.ok(lab.until(() => lab.all("pods").length === 0 && lab.all("jobs").length === 0));
  addJob(lab, "left", { parallelism: 2, completions: 2 });
  assert.ok(lab.until(() => runningPods(lab).length === 2));
  lab.call("delete", "jobs", { namespace, name: "left", body: { propagationPolicy: "Orphan" } });
  assert.ok(lab.until(() => lab.all("jobs").length === 0));
  lab.simulation.advance(2_000);
  assert.deepEqual(
    lab.all("pods").map(({ metadata }) => [metadata.ownerReferences, metadata.finalizers]),
    [
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
});

test("job of no completions is complete at once, and one of no parallelism waits", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "empty", { completions: 0 });
  addJob(lab, "paused", { parallelism: 0 });
  assert.ok(lab.until(() => isOver(lab, "empty")));
  lab.simulation.advance(2_000);
  assert.equal(lab.all("pods").length, 0);
  assert.ok(!isOver(lab, "paused"));
});

test("job gives up pods that are too many without counting them, and indexes that it has no longer", () => {
  const lab = createControllerLab({ loops });
  addJob(lab, "wide", { completions: 3, parallelism: 3, completionMode: "Indexed" });
  assert.ok(lab.until(() => runningPods(lab).length === 3));
  const resize = (spec: object) => {
    assert.equal(lab.call("patch", "jobs", { namespace, name: "wide", body: { spec }, ...merge }).code, 200);
    lab.simulation.advance(2_000);
  };
  resize({ completions: 2, parallelism: 2 });
  const indexes = runningPods(lab).map(({ metadata }) => metadata.labels["batch.kubernetes.io/job-completion-index"]);
  assert.deepEqual(indexes.sort(), ["0", "1"]);
  assert.deepEqual([lab.one("jobs", "wide").status.failed, lab.one("jobs", "wide").status.active], [undefined, 2]);
  resize({ parallelism: 0 });
  assert.deepEqual([lab.all("pods").length, lab.one("jobs", "wide").status.active], [0, undefined]);
});
