import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import {
  type ComputerScript,
  emptyScript,
  ran,
  type Scripted,
} from "../../../properties/stages/kubelet/test_computer.ts";
import type { Container, Probe } from "../../api/types.ts";
import type { HostHttpAnswer } from "../../cri/messages.ts";
import { failed } from "../../kit/result.ts";
import type { NodeUsage } from "../messages.ts";

const status = (code: number, more: object = {}): Scripted<HostHttpAnswer> => ({
  answer: { ok: true, status: code, body: "", ...more },
});
const web = (probes: Partial<Container>): Container => ({
  name: "c",
  image: "app:1",
  ports: [{ name: "http", containerPort: 8080 }],
  ...probes,
});
const statusOf = (stage: KubeletStage) => stage.pod("p")?.status.containerStatuses?.[0];
const isReady = (stage: KubeletStage) => statusOf(stage)?.ready ?? false;

/** A pod with one container, whose start is the beginning of time. */
function stageWith(script: Partial<ComputerScript>, probes: Partial<Container>, images = {}) {
  const computer = emptyScript(script);
  const stage = kubeletStage({ computer, images });
  stage.createPod("p", { containers: [web(probes)] });
  assert.ok(stage.until(() => statusOf(stage)?.state?.running !== undefined));
  const startMs = stage.simulation.uptimeMs();
  const seconds = () => (stage.simulation.uptimeMs() - startMs) / 1_000;
  const told = (reason: string) => {
    stage.simulation.advance(100);
    return stage.events().flatMap((each) => (each.reason === reason ? [each.message ?? ""] : []));
  };
  const gets = () => computer.asked.flatMap(({ what }) => ("type" in what && what.type === "host.get" ? [what] : []));
  return { stage, computer, seconds, told, gets };
}

const every = (changes: Partial<Probe>): Probe => ({ periodSeconds: 5, timeoutSeconds: 2, ...changes });

test("an HTTP probe asks as a kubelet does and takes 200 to 399 for a success", () => {
  const httpHeaders = [{ name: "Host", value: "shop" }];
  const readinessProbe = every({ httpGet: { port: "http", path: "/ready?full=1", httpHeaders } });
  const { stage, gets, told } = stageWith({ get: () => status(399) }, { readinessProbe });
  assert.ok(stage.until(() => isReady(stage), 1_000));
  const [asked] = gets();
  assert.equal(asked?.url, "http://10.244.1.2:8080/ready?full=1");
  const headers = Object.fromEntries(asked?.headers ?? []);
  assert.deepEqual(headers, { Host: "shop", "User-Agent": "kube-probe/1.34", Accept: "*/*", Connection: "close" });
  assert.equal(asked?.timeoutMs, 2_000);
  assert.deepEqual(told("Unhealthy"), []);
});

test("an HTTP probe says why it failed", () => {
  const failures: [Scripted<HostHttpAnswer>, string][] = [
    [status(503), "HTTP probe failed with statuscode: 503"],
    [
      { answer: { ok: false, message: "dial tcp 10.244.1.2:80: connect: connection refused" } },
      'Get "https://10.244.1.2:80/": dial tcp 10.244.1.2:80: connect: connection refused',
    ],
    [
      { answer: { ok: false, message: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)" } },
      'Get "https://10.244.1.2:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ],
  ];
  for (const [answer, message] of failures) {
    const readinessProbe = every({ httpGet: { port: 80, scheme: "HTTPS" } });
    const { stage, told } = stageWith({ get: () => answer }, { readinessProbe });
    stage.simulation.advance(20_000);
    assert.deepEqual(told("Unhealthy"), [`Readiness probe failed: ${message}`]);
    assert.equal(isReady(stage), false);
  }
});

test("an HTTP probe follows redirects on its host, and only there", () => {
  const redirects = (location: string) => (asked: { readonly url: string }) =>
    asked.url.endsWith("/deep") ? status(200) : status(302, { location });
  const readinessProbe = every({ httpGet: { port: 80 } });
  const near = stageWith({ get: redirects("/deep") }, { readinessProbe });
  assert.ok(near.stage.until(() => isReady(near.stage), 1_000));
  assert.deepEqual(
    near.gets().map(({ url }) => url),
    ["http://10.244.1.2:80/", "http://10.244.1.2/deep"],
  );
  const far = stageWith({ get: redirects("http://example.com/deep") }, { readinessProbe });
  assert.ok(far.stage.until(() => isReady(far.stage), 1_000));
  assert.equal(far.gets().length, 1);
  assert.deepEqual(far.told("ProbeWarning"), ["Readiness probe warning: Probe terminated redirects, Response body: "]);
  const round = stageWith({ get: () => status(302, { location: "/" }) }, { readinessProbe });
  assert.deepEqual(round.told("Unhealthy"), [
    'Readiness probe failed: Get "http://10.244.1.2/": stopped after 10 redirects',
  ]);
});

test("a TCP probe dials, an exec probe runs a command, a gRPC probe fails in its own words", () => {
  const tcp = stageWith(
    {
      dial: ({ ip, port }) => ({
        answer: { ok: false, message: `dial tcp ${ip}:${port}: connect: connection refused` },
      }),
    },
    { readinessProbe: every({ tcpSocket: { port: "http" } }) },
  );
  assert.deepEqual(tcp.told("Unhealthy"), [
    "Readiness probe failed: dial tcp 10.244.1.2:8080: connect: connection refused",
  ]);
  const exec = stageWith(
    { exec: () => ({ answer: ran(1, "not yet") }) },
    { readinessProbe: every({ exec: { command: ["check", "it"] } }) },
  );
  assert.deepEqual(exec.told("Unhealthy"), ["Readiness probe failed: not yet"]);
  const late = stageWith(
    {
      exec: () => ({
        answer: failed({ code: "DEADLINE_EXCEEDED", message: "command timed out: context deadline exceeded" }),
      }),
    },
    { readinessProbe: every({ exec: { command: ["check", "it"] } }) },
  );
  assert.deepEqual(late.told("Unhealthy"), [
    'Readiness probe failed: command timed out: "check it" timed out after 2s',
  ]);
  const grpc = { port: 9000, service: "shop" };
  const dark = stageWith(
    { dial: ({ grpcService }) => ({ answer: { ok: false, message: `service ${grpcService} is ill` } }) },
    { readinessProbe: every({ grpc } as Partial<Probe>) },
  );
  assert.deepEqual(dark.told("Unhealthy"), ["Readiness probe failed: service shop is ill"]);
  const light = stageWith(
    { dial: () => ({ answer: { ok: true } }) },
    { readinessProbe: every({ grpc } as Partial<Probe>) },
  );
  assert.ok(light.stage.until(() => isReady(light.stage), 1_000));
});

test("a probe that cannot be made says so and changes nothing", () => {
  const livenessProbe = every({ httpGet: { port: "nowhere" }, failureThreshold: 1 });
  const { stage, told } = stageWith({}, { livenessProbe });
  stage.simulation.advance(30_000);
  const text = 'strconv.Atoi: parsing "nowhere": invalid syntax';
  assert.deepEqual(told("Unhealthy"), [`Liveness probe errored and resulted in unknown state: ${text}`]);
  assert.equal(statusOf(stage)?.restartCount, 0);
});

test("a container becomes ready after its delay and successes, and unready after its failures", () => {
  let isGood = true;
  const readinessProbe = every({
    ...{ httpGet: { port: 80 }, initialDelaySeconds: 7 },
    ...{ successThreshold: 2, failureThreshold: 3 },
  });
  const { stage, seconds } = stageWith({ get: () => status(isGood ? 200 : 500) }, { readinessProbe });
  assert.ok(stage.until(() => isReady(stage)));
  assert.equal(Math.round(seconds()), 12);
  isGood = false;
  assert.ok(stage.until(() => !isReady(stage)));
  assert.equal(Math.round(seconds()), 27);
  assert.equal(statusOf(stage)?.restartCount, 0);
  // What its probes came to is counted for the metrics of its kubelet.
  const { pods } = stage.simulation.askNow(kubeletAddress, { type: "kubelet.usage" }, 1_000) as NodeUsage;
  assert.deepEqual(pods[0]?.containers[0]?.probed, { "Readiness successful": 2, "Readiness failed": 3 });
});

test("nothing but the startup probe is made until it has passed; a startup probe that fails for good kills", () => {
  const paths: string[] = [];
  const get = ({ url }: { readonly url: string }, atMs: number) => {
    paths.push(`${new URL(url).pathname} ${atMs}`);
    return status(url.endsWith("/start") && paths.length < 4 ? 500 : 200);
  };
  const probe = (path: string, changes = {}) => every({ httpGet: { port: 80, path }, ...changes });
  const probes = {
    startupProbe: probe("/start", { failureThreshold: 9 }),
    readinessProbe: probe("/ready"),
    livenessProbe: probe("/live"),
  };
  const { stage, seconds } = stageWith({ get }, probes);
  assert.equal(statusOf(stage)?.started, false);
  assert.ok(stage.until(() => isReady(stage)));
  assert.equal(Math.round(seconds()), 15);
  assert.deepEqual(
    paths.slice(0, 4).map((each) => each.split(" ")[0]),
    ["/start", "/start", "/start", "/start"],
  );
  assert.equal(paths.filter((each) => each.startsWith("/start")).length, 4);
  assert.equal(statusOf(stage)?.started, true);

  const never = stageWith({ get: () => status(500) }, { startupProbe: probe("/start") });
  assert.ok(never.stage.until(() => statusOf(never.stage)?.restartCount === 1));
  assert.equal(Math.round(never.seconds()), 10);
  assert.deepEqual(never.told("Killing"), ["Container c failed startup probe, will be restarted"]);
});

test("a liveness probe that fails kills within its own grace period, and the next run is probed anew", () => {
  let isGood = true;
  const livenessProbe = every({
    ...{ httpGet: { port: 80 }, failureThreshold: 2 },
    ...({ terminationGracePeriodSeconds: 3 } as object),
  });
  const images = { app: { stopMs: 3_600_000 } };
  const { stage, seconds, told } = stageWith({ get: () => status(isGood ? 200 : 500) }, { livenessProbe }, images);
  stage.simulation.advance(11_000);
  isGood = false;
  assert.ok(stage.until(() => told("Killing").length > 0));
  assert.equal(Math.round(seconds()), 20);
  isGood = true;
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1));
  assert.equal(Math.round(seconds()), 23);
  assert.equal(statusOf(stage)?.lastState?.terminated?.exitCode, 137);
  assert.deepEqual(told("Killing"), ["Container c failed liveness probe, will be restarted"]);
  stage.simulation.advance(60_000);
  assert.equal(statusOf(stage)?.restartCount, 1);
});

test("a pod that is being deleted is asked whether it is ready, not whether it lives, until it has exited", () => {
  const states = { ready: 200, live: 200 };
  const get = ({ url }: { readonly url: string }) => status(url.endsWith("/live") ? states.live : states.ready);
  const probe = (path: string) => every({ httpGet: { port: 80, path }, failureThreshold: 1 });
  const probes = { readinessProbe: probe("/ready"), livenessProbe: probe("/live") };
  const images = { app: { stopMs: 20_000 } };
  const { stage, told } = stageWith({ get }, probes, images);
  assert.ok(stage.until(() => isReady(stage)));
  stage.deletePod("p");
  states.live = 500;
  stage.simulation.advance(9_000);
  assert.equal(isReady(stage), true);
  const conditionOf = (type: string) => stage.pod("p")?.status.conditions?.find((each) => each.type === type)?.status;
  assert.equal(conditionOf("Ready"), "True");
  states.ready = 500;
  stage.simulation.advance(6_000);
  assert.equal(isReady(stage), false);
  assert.equal(conditionOf("Ready"), "False");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
  assert.deepEqual(told("Killing"), ["Stopping container c"]);
  assert.equal(told("Unhealthy").filter((text) => text.startsWith("Liveness")).length, 0);
});

test("a computer that does not answer a probe is not the container's fault", () => {
  const livenessProbe = every({ httpGet: { port: 80 }, failureThreshold: 1 });
  const { stage, told } = stageWith({ get: () => ({ ...status(200), afterMs: 60_000 }) }, { livenessProbe });
  stage.simulation.advance(30_000);
  assert.equal(statusOf(stage)?.restartCount, 0);
  assert.deepEqual(told("Unhealthy"), []);
});

const periodMs = 2_000;
const results = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
const threshold = fc.integer({ min: 1, max: 4 });

property(
  "whatever probes find, readiness and restarts are those of a simple model",
  [results, threshold, threshold, fc.boolean()],
  (found, successThreshold, failureThreshold, isLiveness) => {
    let next = 0;
    const get = () => status((found[next++] ?? found.at(-1)) ? 200 : 500);
    const common = { httpGet: { port: 80 }, periodSeconds: periodMs / 1_000, failureThreshold };
    const probes = isLiveness ? { livenessProbe: common } : { readinessProbe: { ...common, successThreshold } };
    const { stage } = stageWith({ get }, probes);
    const model = { ready: isLiveness, restarts: 0, inARow: 0, latest: undefined as boolean | undefined };
    let seen = 0;
    for (const _round of found) {
      stage.simulation.advance(periodMs / 2);
      for (; seen < next; seen++) {
        const isGood = (found[seen] ?? found.at(-1)) as boolean;
        model.inARow = model.latest === isGood ? model.inARow + 1 : 1;
        model.latest = isGood;
        if (!isLiveness && isGood && model.inARow >= successThreshold) model.ready = true;
        if (!isLiveness && !isGood && model.inARow >= failureThreshold) model.ready = false;
        if (!isLiveness || isGood || model.inARow < failureThreshold) continue;
        model.restarts++;
        model.latest = undefined;
      }
      const { ready, restartCount, state } = statusOf(stage) ?? assert.fail("no status");
      // The first restart comes at once; what waits for a later one is not running.
      const isWaiting = state?.running === undefined;
      assert.equal(restartCount, isWaiting ? model.restarts - 1 : model.restarts);
      assert.equal(ready, model.ready && !isWaiting);
      stage.simulation.advance(periodMs / 2);
    }
    assert.ok(next > 0);
  },
  { runs: 60 },
);
