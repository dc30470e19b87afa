import { after } from "node:test";
import { assert, test } from "../../../properties/house/test.ts";
import { type PodStage, podStage } from "../../../properties/stages/modules/pod_stage.ts";

const modules = {
  "echo.ts": `export default { async fetch(request) {
    const text = await request.text();
    console.log(request.method, text.length);
    return new Response(text, { status: 201, headers: { "x-length": String(text.length) } });
  } };`,
  "waits.ts": `export default { fetch: (request) => new Promise((resolve, reject) => {
    console.log("asked", new URL(request.url).pathname);
    request.signal.addEventListener("abort", () => {
      const path = new URL(request.url).pathname;
      console.log("gone", path, request.signal.reason.name);
      if (path === "/late") resolve(new Response("late"));
      if (path === "/gives-up") reject(request.signal.reason);
      if (path === "/breaks") reject(new TypeError("no way out"));
    });
  }) };`,
};

const stages: PodStage[] = [];
after(() => {
  for (const stage of stages) stage.close();
});

async function open(isVirtual: boolean): Promise<PodStage> {
  const stage = await podStage({ modules, isVirtual });
  stages.push(stage);
  return stage;
}

/** A connection of the test to a pod, made as soon as it listens, and what came over it. */
async function dial(stage: PodStage, ip: string) {
  for (;;) {
    const seen = { isConnected: false, isRefused: false, text: "", isEnded: false, isReset: false };
    const connection = stage.network.dial(ip, 8080, {
      connected() {
        seen.isConnected = true;
      },
      data(data, end) {
        seen.text += data;
        seen.isEnded ||= end;
      },
      reset() {
        seen.isReset = true;
      },
      refused() {
        seen.isRefused = true;
      },
    });
    await stage.clock.until(() => seen.isConnected || seen.isRefused);
    if (seen.isConnected) return { connection, seen };
    await stage.wait(5);
  }
}

for (const isVirtual of [true, false]) {
  const where = isVirtual ? "in simulation" : "in workers";

  test(`module containers ${where} answer a client that writes no more, though they hear that it may be gone`, async () => {
    const stage = await open(isVirtual);
    const echo = await stage.run("echo-0", "echo");
    const waits = await stage.run("waits-0", "waits");
    const body = "x".repeat(100_000);
    const posted = await dial(stage, echo.ip);
    posted.connection.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`, true);
    await stage.clock.until(() => posted.seen.isEnded);
    assert.match(posted.seen.text, /^HTTP\/1\.1 201 /);
    assert.ok(posted.seen.text.endsWith(body));
    const late = await dial(stage, waits.ip);
    late.connection.write("GET /late HTTP/1.0\r\n\r\n", true);
    await stage.clock.until(() => late.seen.isEnded);
    assert.match(late.seen.text, /^HTTP\/1\.1 200 OK[\s\S]*late$/);
    await stage.logged(waits, "gone /late AbortError");
    const breaks = await dial(stage, waits.ip);
    breaks.connection.write("GET /breaks HTTP/1.0\r\n\r\n", true);
    await stage.clock.until(() => breaks.seen.isEnded);
    assert.match(breaks.seen.text, /^HTTP\/1\.1 500 /);
    await stage.logged(waits, "TypeError: no way out");
    for (const { seen } of [posted, late, breaks]) assert.equal(seen.isReset, false);
  });

  test(`module containers ${where} break a connection off when a handler gives up with its client`, async () => {
    const stage = await open(isVirtual);
    const pod = await stage.run("waits-0", "waits");
    const { connection, seen } = await dial(stage, pod.ip);
    connection.write("GET /gives-up HTTP/1.1\r\nHost: a\r\n\r\n", false);
    await stage.logged(pod, "asked /gives-up");
    assert.ok(!(await stage.logs(pod)).includes("gone /gives-up AbortError"));
    connection.write("", true);
    await stage.clock.until(() => seen.isReset);
    assert.equal(seen.text, "");
    assert.ok((await stage.logs(pod)).includes("gone /gives-up AbortError"));
    assert.deepEqual(
      (await stage.lines(pod)).filter(({ stream }) => stream === "stderr"),
      [],
    );
  });
}

test("a module container that answers nothing to a client that writes no more breaks it off in the end", async () => {
  const stage = await open(true);
  const pod = await stage.run("waits-0", "waits");
  const { connection, seen } = await dial(stage, pod.ip);
  connection.write("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n", false);
  await stage.wait(300_000);
  assert.equal(seen.isReset, false);
  const startedMs = stage.clock.uptimeMs();
  connection.write("", true);
  await stage.clock.until(() => seen.isReset);
  const tookMs = stage.clock.uptimeMs() - startedMs;
  assert.ok(tookMs >= 60_000 && tookMs <= 120_010, String(tookMs));
  assert.equal((await stage.logs(pod)).filter((line) => line === "gone /silent AbortError").length, 1);
});
