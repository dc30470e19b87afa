import type {
  ContainerConfig,
  CriAnswer,
  CriCalls,
  CriPush,
  CriRequest,
  ImageBehaviour,
  LogAnswer,
  LogPush,
  LogRequest,
  ProbeKind,
  ProbePlayed,
  ProbePlayedAnswer,
} from "../../../actors/cri/messages.ts";
import { type SimulatedRuntime, simulatedRuntime } from "../../../actors/cri/played/simulated_device.ts";
import { allPermissions } from "../../../runtime/core/permissions.ts";
import { randomFrom } from "../../../runtime/core/random.ts";
import type { Device, DeviceContext } from "../../../runtime/devices/device.ts";
import { assert } from "../../house/test.ts";

/** A device with a clock that the test moves. */
export function bench(images: Readonly<Record<string, ImageBehaviour>> = {}, unknown?: "play" | "refuse") {
  const runtime: SimulatedRuntime = simulatedRuntime({ images, unknown });

  const pushes: (CriPush | LogPush)[] = [];
  let waiting: { atMs: number; body: () => void; life: number }[] = [];
  let nowMs = 0;
  let life = 0;
  const open = (): Device => {
    const mine = ++life;
    const context: DeviceContext = {
      address: "computer/node-1",
      incarnation: life,
      permissions: allPermissions,
      random: randomFrom(life),
      uptimeMs: () => nowMs,
      after: (delayMs, body) => void waiting.push({ atMs: nowMs + delayMs, body, life: mine }),
      push: (body) => void (mine === life && pushes.push(body as CriPush | LogPush)),
    };
    return runtime.open(context);
  };
  let device = open();
  const advance = (ms: number) => {
    const untilMs = nowMs + ms;
    for (;;) {
      const [next] = waiting.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      waiting = waiting.filter((each) => each !== next);
      nowMs = Math.max(nowMs, next.atMs);
      if (next.life === life) next.body();
    }
    nowMs = untilMs;
  };
  const start = <Request extends CriRequest>(request: Request) => {
    const answers: CriAnswer<Request["op"]>[] = [];
    device.request(request, (answer) => void answers.push(answer as CriAnswer<Request["op"]>), undefined);
    return answers;
  };
  const logs = (request: LogRequest): LogAnswer => {
    const answers: LogAnswer[] = [];
    device.request(request, (answer) => void answers.push(answer as LogAnswer), undefined);
    return answers[0] ?? assert.fail("logs are read at once");
  };
  const linesOf = (container: string, after = 0) => {
    const answer = logs({ op: "ReadLogs", container, after, linesMax: 10 });
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const call = <Request extends CriRequest>(request: Request): CriCalls[Request["op"]]["answer"] => {
    const answers = start(request);
    for (let tries = 0; answers.length === 0 && tries < 10_000; tries++) advance(1);
    const [answer] = answers;
    assert.ok(answer?.ok, JSON.stringify(answer));
    return answer.value;
  };
  const probe = (container: string, kind: ProbeKind) => {
    const found: (boolean | undefined)[] = [];
    const asked: ProbePlayed = { op: "ProbePlayed", container, kind };
    device.request(asked, (answer) => void found.push((answer as ProbePlayedAnswer).found), undefined);
    return found[0];
  };
  const restart = (downMs: number) => {
    device.close(true);
    life++;
    nowMs += downMs;
    device = open();
  };
  return { runtime, pushes, advance, start, call, logs, linesOf, probe, restart };
}

/** Such a device, and what a test does with it. */
export type Bench = ReturnType<typeof bench>;

/** Runs a sandbox. */
export function sandbox({ call }: Bench, name = "web", attempt = 0) {
  return call({ op: "RunPodSandbox", pod: { name, namespace: "default", uid: `uid-${name}`, attempt } }).sandbox;
}

/** A container, as it is said to be. */
export function config(changes: Partial<ContainerConfig> = {}): ContainerConfig {
  return { name: "c", image: "app:1", attempt: 0, command: [], args: [], env: {}, ...changes };
}

/** Pulls, makes and starts a container; gives its id. */
export function run(stage: Bench, changes: Partial<ContainerConfig> = {}) {
  const container = config(changes);
  stage.call({ op: "PullImage", image: container.image });
  const created = stage.call({ op: "CreateContainer", sandbox: sandbox(stage, container.name).sandbox, container });
  assert.equal(created.container.state, "CONTAINER_CREATED");
  return stage.call({ op: "StartContainer", container: created.container.container }).container.container;
}

/** What a container is like now. */
export const stateOf = ({ runtime }: Bench, id: string) =>
  runtime.inspect("computer/node-1").containers.find(({ container }) => container === id);
