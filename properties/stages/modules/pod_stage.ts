import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ContainerRuntime, containerRuntime } from "../../../actors/cri/container_runtime_device.ts";
import type {
  ContainerConfig,
  CriAnswer,
  CriCalls,
  CriPush,
  CriRequest,
  HostHttpAnswer,
  ImageBehaviour,
  LogAnswer,
  LogLine,
  LogPush,
  LogRequest,
  SocketPush,
  SocketRequest,
} from "../../../actors/cri/messages.ts";
import { freeModules } from "../../../actors/cri/modules/free_modules.ts";
import { prepareModules } from "../../../actors/cri/modules/prepare_modules.ts";
import { simulatedModules } from "../../../actors/cri/modules/simulated_modules.ts";
import type { RealRuntime } from "../../../actors/cri/real_runtime.ts";
import { allPermissions, type Permissions } from "../../../runtime/core/permissions.ts";
import { randomFrom } from "../../../runtime/core/random.ts";
import type { Device } from "../../../runtime/devices/device.ts";
import { type Clock, realClock, virtualClock } from "./clocks.ts";
import { type PodNetwork, podNetwork } from "./pod_network.ts";
import { type StageResponse, stageFetch } from "./stage_fetch.ts";

/** A pod of one container that runs. */
export interface StagePod {
  readonly sandbox: string;
  readonly container: string;
  readonly ip: string;
}

/** A node whose computer is played by the test. */
export interface PodStage extends AsyncDisposable {
  readonly runtime: ContainerRuntime;
  readonly pushes: (CriPush | LogPush | SocketPush)[];
  readonly network: PodNetwork;
  readonly address: string;
  readonly clock: Clock;
  ask(request: CriRequest | LogRequest | SocketRequest): Promise<unknown>;
  call<Request extends CriRequest>(request: Request): Promise<CriAnswer<Request["op"]>>;
  /** What a call is answered; that it fails is the test's failure. */
  ok<Request extends CriRequest>(request: Request): Promise<CriCalls[Request["op"]]["answer"]>;
  follow(pod: StagePod, isWanted: boolean): Promise<LogAnswer>;
  run(name: string, image: string, changes?: Partial<ContainerConfig>): Promise<StagePod>;
  fetch(pod: StagePod, path: string, more?: { method?: string; body?: string; port?: number }): Promise<StageResponse>;
  probe(url: string, timeoutMs?: number): Promise<HostHttpAnswer>;
  logs(pod: StagePod): Promise<string[]>;
  logged(pod: StagePod, text: string): Promise<void>;
  lines(pod: StagePod): Promise<readonly LogLine[]>;
  exited(pod: StagePod): Promise<{ readonly exitCode: number | undefined; readonly reason: string | undefined }>;
  wait(ms: number): Promise<void>;
  close(crashed?: boolean): void;
}

/** What a stage is made of: the texts of modules by path (`shop/cart.ts`), and played images. */
export interface PodStageOptions {
  readonly modules: Readonly<Record<string, string>>;
  readonly images?: Readonly<Record<string, ImageBehaviour>>;
  readonly isVirtual: boolean;
  readonly seed?: number;
  readonly address?: string;
  /** What the computer holds. Default: all. */
  readonly permissions?: Permissions;
  /** A runtime outside, in which pods run for real. Default: there is none. */
  readonly real?: RealRuntime;
}

/** Makes a node in virtual time, or with real workers. */
export async function podStage(options: PodStageOptions): Promise<PodStage> {
  const {
    modules,
    images = {},
    isVirtual,
    seed = 1,
    address = "computer/node-1",
    permissions = allPermissions,
    real,
  } = options;
  // The same texts lie in the same place: what is cached by path does not pile up.
  const folder = join(
    tmpdir(),
    `kubetroupe-test-pods-${createHash("sha256").update(JSON.stringify(modules)).digest("hex").slice(0, 12)}`,
  );
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(modules)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // Whole or not at all: another process of tests may read it now.
    const draft = join(folder, `${path}.${process.pid}`);
    await writeFile(draft, text);
    await rename(draft, join(folder, path));
  }
  const runtime = containerRuntime({
    images,
    real,
    modules: isVirtual ? await simulatedModules(folder) : freeModules(await prepareModules(folder)),
  });
  const clock = isVirtual ? virtualClock() : realClock();
  const pushes: (CriPush | LogPush | SocketPush)[] = [];
  let isOpen = true;
  const device: Device = runtime.open({
    address,
    incarnation: 1,
    permissions,
    random: randomFrom(seed),
    uptimeMs: clock.uptimeMs,
    after: (delayMs, body) => clock.after(delayMs, () => isOpen && body()),
    push(body) {
      assert.ok(isOpen, "nothing is pushed after the end");
      pushes.push(body as CriPush | LogPush | SocketPush);
      network.hear(body as CriPush | LogPush | SocketPush);
      clock.changed();
    },
  });
  const network = podNetwork(device, clock);

  async function ask(request: CriRequest | LogRequest | SocketRequest): Promise<unknown> {
    const answers: unknown[] = [];
    device.request(
      request,
      (answer) => {
        answers.push(answer);
        clock.changed();
      },
      undefined,
    );
    await clock.until(() => answers.length > 0);
    return answers[0];
  }
  const call = <Request extends CriRequest>(request: Request) => ask(request) as Promise<CriAnswer<Request["op"]>>;
  async function ok<Request extends CriRequest>(request: Request): Promise<CriCalls[Request["op"]]["answer"]> {
    const answer = await call(request);
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  }
  const readLogs = (request: LogRequest) => ask(request) as Promise<LogAnswer>;
  const statusOf = ({ container }: StagePod) =>
    runtime.inspect(address).containers.find((each) => each.container === container);
  const lines = async ({ container }: StagePod) => {
    const answer = await readLogs({ op: "ReadLogs", container, after: 0, linesMax: 100_000 });
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const follow = ({ container }: StagePod, isWanted: boolean) => readLogs({ op: "FollowLogs", container, isWanted });

  const stage: PodStage = {
    runtime,
    pushes,
    network,
    address,
    clock,
    ask,
    call,
    ok,
    follow,
    async run(name, image, changes = {}) {
      await ok({ op: "PullImage", image });
      const pod = { name, namespace: "default", uid: `uid-${name}`, attempt: 0 };
      const { sandbox } = await ok({ op: "RunPodSandbox", pod });
      const config = { name: "app", image, attempt: 0, command: [], args: [], env: {}, ...changes };
      const created = await ok({ op: "CreateContainer", sandbox: sandbox.sandbox, container: config });
      const { container } = created.container;
      await ok({ op: "StartContainer", container });
      network.names.set(name, sandbox.ip);
      network.sandboxes.set(sandbox.ip, sandbox.sandbox);
      return { sandbox: sandbox.sandbox, container, ip: sandbox.ip };
    },
    fetch: (pod, path, more = {}) => stageFetch({ network, clock }, { ip: pod.ip, path, ...more }),
    probe: (url, timeoutMs = 1_000) => ask({ op: "HostHttp", url, headers: [], timeoutMs }) as Promise<HostHttpAnswer>,
    lines,
    logs: async (pod) => (await lines(pod)).map(({ text }) => text),
    async logged(pod, text) {
      await follow(pod, true);
      for (;;) {
        const before = pushes.length;
        if ((await lines(pod)).some((line) => line.text === text)) return;
        await clock.until(() => pushes.slice(before).some(({ type }) => type === "log.written"));
      }
    },
    async exited(pod) {
      await clock.until(() => statusOf(pod)?.state === "CONTAINER_EXITED");
      const { exitCode, reason } = statusOf(pod) ?? {};
      return { exitCode, reason };
    },
    wait(ms) {
      let isOver = false;
      clock.after(ms, () => {
        isOver = true;
        clock.changed();
      });
      return clock.until(() => isOver);
    },
    close(crashed = false) {
      if (!isOpen) return;
      isOpen = false;
      device.close(crashed);
    },
    async [Symbol.asyncDispose]() {
      stage.close();
    },
  };
  return stage;
}
