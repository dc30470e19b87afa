import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import type { Container, Probe } from "../../api/types.ts";

const statusOf = (stage: KubeletStage) => stage.pod("p")?.status.containerStatuses?.[0];
const probe = (...command: string[]): Probe => ({ exec: { command }, periodSeconds: 1, failureThreshold: 1 });

/** A pod of one played container, a moment after it has begun to run. */
function stageWith(container: Partial<Container>, script?: string) {
  const stage = kubeletStage();
  const command = script === undefined ? {} : { command: ["sh", "-c", script] };
  const spec = {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: "c", image: "busybox:1.36", ...command, ...container }],
  };
  stage.createPod("p", spec);
  assert.ok(stage.until(() => statusOf(stage)?.state?.running !== undefined));
  const told = (reason: string) => stage.events().flatMap((each) => (each.reason === reason ? [each.message] : []));
  return { stage, told };
}

test("a liveness command that fails in a played container restarts it, and one that succeeds does not", () => {
  const script = "touch /tmp/healthy; sleep 20; rm /tmp/healthy; sleep 600";
  const { stage, told } = stageWith({ livenessProbe: probe("cat", "/tmp/healthy") }, script);
  stage.simulation.advance(15_000);
  assert.equal(statusOf(stage)?.restartCount, 0);
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1, 30_000));
  assert.deepEqual(told("Unhealthy"), [
    "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
  ]);
  assert.deepEqual(told("Killing"), ["Container c failed liveness probe, will be restarted"]);
  // The shell has no handler for the stop signal: it was killed.
  assert.equal(statusOf(stage)?.lastState?.terminated?.exitCode, 137);
});

test("a readiness command decides whether a played container is ready, before a startup command nothing is asked", () => {
  const script = "sleep 5; touch /tmp/up; sleep 10; touch /tmp/ready; sleep 10; rm /tmp/ready; sleep 600";
  const startupProbe = { ...probe("test", "-f", "/tmp/up"), failureThreshold: 30 };
  const { stage } = stageWith({ startupProbe, readinessProbe: probe("test", "-f", "/tmp/ready") }, script);
  stage.simulation.advance(4_000);
  assert.deepEqual([statusOf(stage)?.started, statusOf(stage)?.ready], [false, false]);
  stage.simulation.advance(4_000);
  assert.deepEqual([statusOf(stage)?.started, statusOf(stage)?.ready], [true, false]);
  assert.ok(stage.until(() => statusOf(stage)?.ready === true, 10_000));
  assert.ok(stage.until(() => statusOf(stage)?.ready === false, 15_000));
  assert.equal(statusOf(stage)?.restartCount, 0);
});

test("a probe whose program cannot be played finds what the catalogue says of the image", () => {
  const { stage, told } = stageWith({
    image: "postgres:17",
    readinessProbe: probe("pg_isready"),
    livenessProbe: probe("sh", "-c", "pg_isready -U app"),
  });
  assert.ok(stage.until(() => statusOf(stage)?.ready === true, 5_000));
  stage.simulation.advance(10_000);
  assert.deepEqual([statusOf(stage)?.restartCount, told("Unhealthy")], [0, []]);
});

test("probes of a well-known image find who listens in it: what answers, what is not there, and nobody", () => {
  const every = { periodSeconds: 1, failureThreshold: 1 };
  const cases: [Partial<Container>, string | undefined][] = [
    [{ image: "nginx:1.27", readinessProbe: { ...every, httpGet: { port: 80 } } }, undefined],
    [{ image: "redis:7", readinessProbe: { ...every, exec: { command: ["redis-cli", "ping"] } } }, undefined],
    [{ image: "redis:7", readinessProbe: { ...every, tcpSocket: { port: 6379 } } }, undefined],
    [
      { image: "nginx:1.27", readinessProbe: { ...every, httpGet: { port: 80, path: "/no-such" } } },
      "Readiness probe failed: HTTP probe failed with statuscode: 404",
    ],
    [
      { image: "nginx:1.27", readinessProbe: { ...every, httpGet: { port: 8080 } } },
      'Readiness probe failed: Get "http://10.244.1.2:8080/": dial tcp 10.244.1.2:8080: connect: connection refused',
    ],
    [
      { image: "busybox:1.36", command: ["sleep", "999"], readinessProbe: { ...every, tcpSocket: { port: 80 } } },
      "Readiness probe failed: dial tcp 10.244.1.2:80: connect: connection refused",
    ],
  ];
  for (const [container, failure] of cases) {
    const { stage, told } = stageWith(container);
    stage.simulation.advance(3_000);
    assert.deepEqual([statusOf(stage)?.ready, told("Unhealthy")[0]], [failure === undefined, failure]);
  }
});

test("commands of probes are carried out again when the kubelet has restarted", () => {
  const script = "touch /tmp/healthy; sleep 30; rm /tmp/healthy; sleep 600";
  const { stage } = stageWith({ livenessProbe: probe("cat", "/tmp/healthy") }, script);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(20_000);
  assert.equal(statusOf(stage)?.restartCount, 0);
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1, 30_000));
});

test("an init container of which nobody knows what it does fails and says why, and does not keep its pod waiting", () => {
  const stage = kubeletStage();
  const containers = [{ name: "c", image: "nginx" }];
  stage.createPod("p", {
    restartPolicy: "Never",
    initContainers: [{ name: "i", image: "acme/migrate:1" }],
    containers,
  });
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Failed", 5_000));
  const { terminated } = stage.pod("p")?.status.initContainerStatuses?.[0]?.state ?? {};
  assert.equal(terminated?.exitCode, 127);
  assert.match(terminated?.message ?? "", /^Cannot run image "acme\/migrate:1": kubetroupe plays this container/);
});

test("a Job's pod of which nobody knows what it does fails and says why, and does not keep who waits for the Job", () => {
  const stage = kubeletStage();
  const spec = { restartPolicy: "Never", containers: [{ name: "c", image: "acme/check:1", args: ["check", "api"] }] };
  const ownerReferences = [{ apiVersion: "batch/v1", kind: "Job", name: "check", uid: "j", controller: true }];
  stage.createPod("p", spec, { ownerReferences });
  stage.createPod("other", spec);
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Failed", 5_000));
  const { terminated } = stage.pod("p")?.status.containerStatuses?.[0]?.state ?? {};
  assert.match(
    terminated?.message ?? "",
    /^Cannot run "check" of image "acme\/check:1": kubetroupe plays this container/,
  );
  assert.ok(stage.until(() => stage.pod("other")?.status.phase === "Running", 5_000));
});
