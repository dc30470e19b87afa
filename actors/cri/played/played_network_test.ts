import { assert, test } from "../../../properties/house/test.ts";
import { type PodStage, podStage, type StagePod } from "../../../properties/stages/modules/pod_stage.ts";

async function withStage(body: (stage: PodStage) => Promise<void>): Promise<void> {
  await using stage = await podStage({ modules: { "other.ts": "export default {};" }, isVirtual: true });
  await body(stage);
}

const processesOf = async (stage: PodStage, { container }: StagePod) =>
  (await stage.ok({ op: "ExecSync", container, command: ["ps"], timeoutMs: 1_000 })).stdout;

test("nginx in a played container rests until somebody comes, and has then been there since its start", () =>
  withStage(async (stage) => {
    const web = await stage.run("web", "nginx:1.27");
    await stage.wait(90_000);
    const started = stage.runtime.inspect(stage.address).containers[0]?.startedAtMs;
    const { status, body } = await stage.fetch(web, "/", { port: 80 });
    assert.equal(status, 200);
    assert.match(body, /Welcome to nginx!/);
    const lines = await stage.lines(web);
    assert.match(lines.at(-1)?.text ?? "", /"GET \/ HTTP\/1\.1" 200/);
    assert.deepEqual([lines[0]?.atMs, (lines.at(-1)?.atMs ?? 0) - (started ?? 0) >= 90_000], [started, true]);
    assert.match(await processesOf(stage, web), /^ +1 root +0:00 nginx: master process nginx -g daemon off;$/m);
  }));

test("what a resting server has to say is in its log, and it ends at its signal, unknown to all", () =>
  withStage(async (stage) => {
    const web = await stage.run("web", "nginx:1.27");
    await stage.wait(1_000);
    assert.match(
      (await stage.logs(web)).join("\n"),
      /Configuration complete; ready for start up\n.*start worker processes$/s,
    );
    const other = await stage.run("other", "nginx:1.27");
    for (const { container } of [web, other]) await stage.ok({ op: "StopContainer", container, timeoutMs: 30_000 });
    for (const { exitCode } of stage.runtime.inspect(stage.address).containers) assert.equal(exitCode, 0);
    assert.equal((await stage.fetch(other, "/", { port: 80 })).status, 0);
  }));

test("a node's prober finds who listens in a well-known image, and what the catalogue says of all others", () =>
  withStage(async (stage) => {
    const web = await stage.run("web", "nginx:1.27");
    const idle = await stage.run("idle", "busybox:1.36", { command: ["sleep", "1000"] });
    const strange = await stage.run("strange", "acme/app:1");
    const found = async ({ ip, container }: StagePod, path: string, port = 80) =>
      stage.ask({
        ...{ op: "HostHttp", url: `http://${ip}:${port}${path}`, headers: [], timeoutMs: 1_000 },
        probe: { container, kind: "readiness" },
      });
    assert.deepEqual(await found(strange, "/"), { ok: true, status: 200, body: "" });
    assert.equal(((await found(web, "/")) as { status?: number }).status, 200);
    assert.equal(((await found(web, "/no-such")) as { status?: number }).status, 404);
    for (const answer of [await found(web, "/", 81), await found(idle, "/")]) {
      assert.match((answer as { message: string }).message, /^dial tcp .*: connect: connection refused$/);
    }
  }));

test("a container that is killed lets go of its port and its connections", () =>
  withStage(async (stage) => {
    const web = await stage.run("web", "nginx:1.27");
    const seen: string[] = [];
    const wire = stage.network.dial(web.ip, 80, {
      connected: () => seen.push("connected"),
      data: (_data, end) => seen.push(end ? "end" : "data"),
      reset: () => seen.push("reset"),
      refused: () => seen.push("refused"),
    });
    await stage.wait(100);
    wire.write("GET / HTTP/1.1\r\nHost: w\r\n\r\n", false);
    await stage.wait(100);
    await stage.ok({ op: "RemoveContainer", container: web.container });
    await stage.wait(100);
    assert.deepEqual(seen, ["connected", "data", "end"]);
    const next = await stage.run("next", "nginx:1.27");
    assert.equal((await stage.fetch(next, "/", { port: 80 })).status, 200);
  }));
