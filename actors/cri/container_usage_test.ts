import { assert, test } from "../../properties/house/test.ts";
import { podStage } from "../../properties/stages/modules/pod_stage.ts";

const server = `export default { fetch: () => new Response("hello") };`;

test("usageMeter() says what containers use over the last ten to twenty seconds, and never more than their limit", async () => {
  const images = { "base:1": { cpuMillis: 300, memoryBytes: 1_000_000, memoryBytesPerSecond: 1_000 } };
  await using stage = await podStage({ modules: { "server.ts": server }, isVirtual: true, images });
  const pod = { name: "p", namespace: "default", uid: "uid", attempt: 0 };
  const { sandbox } = await stage.ok({ op: "RunPodSandbox", pod });
  const busy = ["sh", "-c", "while true; do if [ -e /go ]; then :; else sleep 0.1; fi; done"];
  const configs = [
    { name: "steady", image: "base:1", command: [], args: [] },
    { name: "busy", image: "busybox:1", command: busy, args: [], cpuLimitMillis: 400 },
  ];
  for (const config of configs) {
    await stage.ok({ op: "PullImage", image: config.image });
    const container = { attempt: 0, env: {}, ...config };
    const created = await stage.ok({ op: "CreateContainer", sandbox: sandbox.sandbox, container });
    await stage.ok({ op: "StartContainer", container: created.container.container });
  }
  const sleep = async (ms: number) => {
    let isOver = false;
    stage.clock.after(ms, () => {
      isOver = true;
    });
    await stage.clock.until(() => isOver);
  };
  const stats = async () => {
    const { stats: all } = await stage.ok({ op: "ListContainerStats" });
    return Object.fromEntries(all.map(({ name, cpuMillis, memoryBytes }) => [name, { cpuMillis, memoryBytes }]));
  };
  assert.equal((await stats()).steady?.cpuMillis, undefined, "its first moment says nothing");
  for (let second = 0; second < 30; second += 10) {
    await sleep(10_000);
    await stage.ok({ op: "ListContainers" });
  }
  const calm = await stats();
  assert.deepEqual(calm.steady, { cpuMillis: 300, memoryBytes: 1_030_000 });
  assert.ok((calm.busy?.cpuMillis ?? 1_000) < 30, JSON.stringify(calm.busy));
  const [, container = ""] = stage.runtime.inspect(stage.address).containers.map((each) => each.container);
  await stage.ok({ op: "ExecSync", container, command: ["touch", "/go"], timeoutMs: 1_000 });
  await sleep(10_000);
  await stage.ok({ op: "ListContainers" });
  assert.equal((await stats()).busy?.cpuMillis, 400);
});
