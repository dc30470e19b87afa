import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import type { Mutation } from "../../../properties/engine/mutation.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { surgeIgnored } from "../../../properties/mutations/surge_ignored.ts";
import { unavailableIgnored } from "../../../properties/mutations/unavailable_ignored.ts";
import * as labs from "../../../properties/stages/controllers/lab.ts";
import {
  type ControllerLab,
  createControllerLab,
  deploymentNamed,
} from "../../../properties/stages/controllers/lab.ts";
import { neverReady } from "../../../properties/stages/controllers/pod_runner.ts";

const namespace = "default";
const loops = ["deployment", "replica-set", "garbage-collector"];

function apply(lab: ControllerLab, name: string, spec: Record<string, unknown> = {}): void {
  assert.equal(lab.call("create", "deployments", { namespace, body: deploymentNamed(name, spec) }).code, 201);
}

function patch(lab: ControllerLab, name: string, body: object): void {
  const contentType = "application/merge-patch+json";
  const answer = lab.call("patch", "deployments", { namespace, name, body, contentType });
  assert.equal(answer.code, 200, JSON.stringify(answer.body));
}

function setImage(lab: ControllerLab, name: string, image: string, annotations?: object): void {
  const template = { spec: { containers: [{ name: "c", image }] }, ...(annotations && { metadata: { annotations } }) };
  patch(lab, name, { spec: { template } });
}

function isComplete(lab: ControllerLab, name: string): boolean {
  const { spec, status, metadata } = lab.one("deployments", name);
  const wanted = spec.replicas;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration } = status;
  const isSeen = observedGeneration === metadata.generation;
  return isSeen && replicas === wanted && updatedReplicas === wanted && availableReplicas === wanted;
}

function condition(lab: ControllerLab, name: string, type: string) {
  return lab.one("deployments", name).status.conditions.find((each: { type: string }) => each.type === type);
}

function messages(lab: ControllerLab, reason: string): string[] {
  return lab.all("events").flatMap((each) => (each.reason === reason ? [each.message] : []));
}

test("deployment brings up its pods and says so in its status, its annotations and its events", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  const { status, metadata } = lab.one("deployments", "web");
  const set = lab.all("replicasets")[0];
  assert.equal(metadata.annotations["deployment.kubernetes.io/revision"], "1");
  assert.equal(set.metadata.annotations["deployment.kubernetes.io/desired-replicas"], "3");
  assert.equal(set.metadata.annotations["deployment.kubernetes.io/max-replicas"], "4");
  assert.equal(set.metadata.name, `web-${set.metadata.labels["pod-template-hash"]}`);
  assert.equal(status.unavailableReplicas, undefined);
  assert.equal(condition(lab, "web", "Available").reason, "MinimumReplicasAvailable");
  const progressing = condition(lab, "web", "Progressing");
  assert.equal(progressing.reason, "NewReplicaSetAvailable");
  assert.equal(progressing.message, `ReplicaSet "${set.metadata.name}" has successfully progressed.`);
  assert.deepEqual(messages(lab, "ScalingReplicaSet"), [`Scaled up replica set ${set.metadata.name} from 0 to 3`]);
  assert.equal(messages(lab, "SuccessfulCreate").length, 3);
});

test("deployment writes nothing once it is complete", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  lab.simulation.advance(5_000);
  const quiet = lab.all("deployments")[0].metadata.resourceVersion;
  const sets = lab.all("replicasets")[0].metadata.resourceVersion;
  lab.simulation.advance(700_000);
  assert.equal(lab.all("deployments")[0].metadata.resourceVersion, quiet);
  assert.equal(lab.all("replicasets")[0].metadata.resourceVersion, sets);
});

test("deployment rolls back to a template that it had: the set's revision rises and remembers", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  for (const image of ["web:2", "web:1"]) {
    setImage(lab, "web", image);
    lab.simulation.advance(200);
    assert.ok(
      lab.until(() => isComplete(lab, "web")),
      image,
    );
  }
  lab.simulation.advance(1_000);
  const sets = lab.all("replicasets");
  assert.equal(sets.length, 2);
  const back = sets.find((each) => each.spec.replicas === 3);
  assert.equal(back.metadata.annotations["deployment.kubernetes.io/revision"], "3");
  assert.equal(back.metadata.annotations["deployment.kubernetes.io/revision-history"], "1");
  assert.equal(lab.one("deployments", "web").metadata.annotations["deployment.kubernetes.io/revision"], "3");
});

test("deployment keeps no more old sets than its history limit", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web", { revisionHistoryLimit: 1 });
  for (const image of ["web:2", "web:3", "web:4"]) {
    assert.ok(lab.until(() => isComplete(lab, "web")));
    setImage(lab, "web", image);
    lab.simulation.advance(200);
  }
  assert.ok(lab.until(() => isComplete(lab, "web") && lab.all("replicasets").length === 2));
});

test("deployment says after its deadline that a rollout does not progress", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web", { progressDeadlineSeconds: 60 });
  assert.ok(lab.until(() => isComplete(lab, "web")));
  setImage(lab, "web", "broken:1", { [neverReady]: "true" });
  assert.ok(lab.until(() => condition(lab, "web", "Progressing").status === "False", 120_000));
  const { reason, message } = condition(lab, "web", "Progressing");
  assert.equal(reason, "ProgressDeadlineExceeded");
  assert.match(message, /^ReplicaSet "web-[a-z0-9]+" has timed out progressing\.$/);
  assert.equal(condition(lab, "web", "Available").status, "True");
  assert.equal(lab.one("deployments", "web").status.availableReplicas, 3);
});

test("deployment recreates: no new pod before the last old one is gone", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web", { strategy: { type: "Recreate" } });
  assert.ok(lab.until(() => isComplete(lab, "web")));
  setImage(lab, "web", "web:2");
  let mixed = 0;
  const done = () => {
    const images = new Set(lab.all("pods").map((each) => each.spec.containers[0].image));
    if (images.size > 1) mixed++;
    return images.has("web:2") && isComplete(lab, "web");
  };
  for (let count = 0; count < 2_000 && !done(); count++) lab.simulation.advance(1);
  assert.ok(done());
  assert.equal(mixed, 0);
});

test("deployment pauses: a changed template waits, a changed size does not", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  patch(lab, "web", { spec: { paused: true } });
  setImage(lab, "web", "web:2");
  patch(lab, "web", { spec: { replicas: 5 } });
  assert.ok(lab.until(() => lab.all("pods").length === 5));
  lab.simulation.advance(2_000);
  assert.equal(condition(lab, "web", "Progressing").reason, "DeploymentPaused");
  assert.ok(lab.all("pods").every((each) => each.spec.containers[0].image === "web:1"));
  patch(lab, "web", { spec: { paused: false } });
  assert.ok(lab.until(() => isComplete(lab, "web")));
  assert.ok(lab.all("pods").every((each) => each.spec.containers[0].image === "web:2"));
});

test("deployment adopts a set that nobody controls and that it selects", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  const [set] = lab.all("replicasets");
  assert.equal(
    lab.call("delete", "deployments", { namespace, name: "web", body: { propagationPolicy: "Orphan" } }).code,
    200,
  );
  assert.ok(lab.until(() => lab.one("deployments", "web") === undefined));
  assert.equal(lab.one("replicasets", set.metadata.name).metadata.ownerReferences, undefined);
  apply(lab, "web");
  assert.ok(lab.until(() => isComplete(lab, "web")));
  const [adopted, ...others] = lab.all("replicasets");
  assert.equal(others.length, 0);
  assert.equal(adopted.metadata.uid, set.metadata.uid);
  assert.equal(adopted.metadata.ownerReferences[0].uid, lab.one("deployments", "web").metadata.uid);
});

test("deployment takes another name for its set when the name is taken", () => {
  const lab = createControllerLab({ loops: ["replica-set"] });
  apply(lab, "web");
  const probe = createControllerLab({ loops });
  apply(probe, "web");
  assert.ok(probe.until(() => probe.all("replicasets").length === 1));
  const { name } = probe.all("replicasets")[0].metadata;
  const labels = { app: "other" };
  const body = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "x" }] } },
    },
  };
  assert.equal(lab.call("create", "replicasets", { namespace, body }).code, 201);
  lab.simulation.spawnNow({ name: "late", kind: "controller", input: { loop: "deployment", servers: lab.servers } });
  assert.ok(lab.until(() => isComplete(lab, "web")));
  assert.equal(lab.one("deployments", "web").status.collisionCount, 1);
  assert.equal(lab.all("replicasets").length, 2);
});

interface Rollout {
  readonly replicas: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly seed: number;
  readonly images: readonly string[];
}

const share = fc.oneof(
  fc.nat(3),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);
const rollouts: fc.Arbitrary<Rollout> = fc.record({
  replicas: fc.integer({ min: 1, max: 7 }),
  maxSurge: share,
  maxUnavailable: share,
  seed: fc.nat(1_000),
  images: fc.array(fc.constantFrom("web:2", "web:3", "web:4"), { minLength: 1, maxLength: 3 }),
});

/** Rolls images out one over the other; returns how far it went beyond the bounds, at any step. */
function excess(
  { replicas, maxSurge, maxUnavailable, seed, images }: Rollout,
  { createControllerLab }: typeof labs = labs,
): { above: number; below: number; done: boolean } {
  const lab = createControllerLab({ loops, seed });
  const isZero = (value: number | string) => value === 0 || value === "0%";
  const unavailable = isZero(maxSurge) && isZero(maxUnavailable) ? 1 : maxUnavailable;
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable: unavailable } };
  apply(lab, "web", { replicas, strategy });
  lab.until(() => isComplete(lab, "web"));
  const surgeMax =
    typeof maxSurge === "number" ? maxSurge : Math.ceil((Number.parseInt(maxSurge, 10) * replicas) / 100);
  const down =
    typeof unavailable === "number" ? unavailable : Math.floor((Number.parseInt(unavailable, 10) * replicas) / 100);
  const downMax = surgeMax === 0 && down === 0 ? 1 : Math.min(down, replicas);
  let [above, below] = [0, 0];
  const look = () => {
    const alive = lab.all("pods").filter((each) => each.metadata.deletionTimestamp === undefined);
    const ready = alive.filter((each) =>
      each.status.conditions?.some((c: { type: string; status: string }) => c.type === "Ready" && c.status === "True"),
    );
    above = Math.max(above, alive.length - replicas - surgeMax);
    below = Math.max(below, replicas - downMax - ready.length);
  };
  for (const image of images) {
    setImage(lab, "web", image);
    for (let count = 0; count < 12; count++) {
      lab.simulation.advance(1);
      look();
    }
  }
  for (let count = 0; count < 3_000 && !isComplete(lab, "web"); count++) {
    lab.simulation.advance(1);
    look();
  }
  return { above, below, done: isComplete(lab, "web") };
}

property(
  "deployment never goes above its surge nor below its available pods, and completes",
  [rollouts],
  (rollout) => {
    const { above, below, done } = excess(rollout);
    assert.ok(above <= 0 && below <= 0 && done, JSON.stringify({ above, below, done }));
  },
  { runs: 8 },
);

test("deployment with the defect surgeIgnored goes above its surge, with unavailableIgnored below its available pods", async () => {
  const mutated = (mutation: Mutation) => loadMutated<typeof labs>(mutation, "properties/stages/controllers/lab.ts");
  const rollout = { replicas: 6, maxSurge: 1, maxUnavailable: 1, seed: 1, images: ["web:2"] };
  assert.ok(excess(rollout, await mutated(surgeIgnored)).above > 0);
  assert.ok(excess(rollout, await mutated(unavailableIgnored)).below > 0);
});
