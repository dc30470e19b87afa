import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, isLong, test } from "../../properties/house/test.ts";
import { captureLine } from "../../properties/stages/cli/capture_line.ts";
import type { ScenarioResult } from "../script/run_scenario.ts";
import { all } from "../walkthroughs/all.ts";

const troupe = fileURLToPath(new URL("./troupe.mjs", import.meta.url));
const scenarioUrl = JSON.stringify(new URL("../script/scenario.ts", import.meta.url).pathname);

const run = (...line: string[]) => captureLine("run", ...line);

/** A file with this text, in a folder whose modules are of this type. */
async function inFile<T>(text: string, body: (file: string) => Promise<T>, type = "module"): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ type }));
    const file = join(folder, "mine.ts");
    await writeFile(file, text);
    return await body(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const written = (script: string, topology = "{ nodes: 1, stores: 1, apiservers: 1 }") => `
import { scenario } from ${scenarioUrl};
export default scenario({ name: "mine", summary: "Written for a test", topology: ${topology} }, ${script});
`;

const holds = written(`async ({ step, list, expect }) => {
  await step("There is a node", async () => expect((await list("nodes")).length, "nodes").toBe(1));
}`);

const fails = written(`async ({ step, apply, get, eventually, inject, expect }) => {
  await step("A pod is asked for", async () => {
    await inject("crash", { actor: "scheduler/0" });
    await apply({ apiVersion: "v1", kind: "Pod", metadata: { name: "lonely" }, spec: { containers: [{ name: "a", image: "nginx" }] } });
  });
  await step("It runs", () =>
    eventually("the pod runs", async () => expect((await get("pod/lonely")).status.phase, "its phase").toBe("Running"), { within: "5s" }));
}`);

test("troupe run lists the scenarios with what they show, as text and as JSON", async () => {
  const { code, stdout } = await run();
  assert.equal(code, 0);
  for (const { name, summary } of all) assert.match(stdout, new RegExp(`^${name} +${summary.slice(0, 20)}`, "m"));
  const names = (JSON.parse((await run("--json")).stdout) as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(
    names,
    all.map(({ name }) => name),
  );
});

test("troupe run tells each step, then a table, the same for equal seeds", async () => {
  const { code, stdout, stderr } = await run("scaling", "--seed", "3");
  assert.equal(code, 0, stdout);
  assert.equal(stderr, "");
  assert.match(stdout, /^scaling: .*\n3 nodes, 3 store replicas, 2 API servers, in simulation, seed 3\n/);
  assert.match(stdout, /^ {2}1 {2}Two pods run\n +0\.0 s {2}deployment\.apps\/web created\n/m);
  assert.match(stdout, /^ {2}✓ {2}held, \d+\.\d s$/m);
  assert.match(stdout, /^ +step +time +result$/m);
  assert.match(stdout, /^ {2}4 {2}One pod, then none.* \d\.\d s {2}✓ held$/m);
  assert.match(stdout, /\nAll 4 steps held, in .* of virtual time; seed 3, hash [0-9a-f]{16}\n$/);
  const elsewhere = spawnSync(process.execPath, [troupe, "run", "scaling", "--seed", "3"], { encoding: "utf8" });
  assert.equal(elsewhere.stdout, stdout, "another process tells the same");
});

test("troupe run --json prints one object alone; a name may be written as its file is", async () => {
  assert.equal((JSON.parse((await run("declarative_model", "--json")).stdout) as ScenarioResult).isHeld, true);
  await inFile(holds, async (file) => {
    const { code, stdout, stderr } = await run(file, "--json");
    assert.deepEqual([code, stderr], [0, ""]);
    const result = JSON.parse(stdout) as ScenarioResult;
    assert.deepEqual([result.name, result.host, result.seed, result.isHeld], ["mine", "simulation", 1, true]);
    assert.deepEqual(
      result.steps.map(({ title, isHeld }) => [title, isHeld]),
      [["There is a node", true]],
    );
  });
});

test("troupe run FILE performs a scenario in a package of either type, in a pool of threads too", async () => {
  const esm = await inFile(holds, (file) => run(file, "--host", "pool"));
  assert.equal(esm.code, 0, esm.stderr);
  assert.match(esm.stdout, /1 node, 1 store replica, 1 API server, in a pool of worker threads\n/);
  assert.match(esm.stdout, /All 1 step held, in .* s; threads run freely/);
  const commonjs = await inFile(holds, (file) => run(file), "commonjs");
  assert.equal(commonjs.code, 0, commonjs.stderr);
});

test("troupe run exits with 1 when a step fails, and tells what was expected, seen and happened", async () => {
  const { code, stdout } = await inFile(fails, (file) => run(file));
  assert.equal(code, 1);
  assert.match(stdout, /^ {2}✗ {2}failed, 5\.0 s$/m);
  assert.match(
    stdout,
    /^✗ It runs\n {2}expected {2}its phase to be 'Running'\n {2}saw {7}'Pending'\n {2}after {5}5\.0 s\n/m,
  );
  assert.match(stdout, /^ {2}at {8}mine\.ts:\d+\n/m);
  assert.match(stdout, /^ {2}Kubernetes Events around it: none\n/m);
  assert.match(stdout, /^ {2}Faults and crashes so far:\n {4}0\.0 s fault: scheduler\/0 crashes\n/m);
  assert.match(stdout, /^ {2}2 {2}It runs +5\.0 s {2}✗ failed\n\nFailed after 1 step that held, /m);
});

test("troupe run fails a script that waits for what never comes, instead of ending without a word", async () => {
  const ofStuck = async (script: string) => {
    const { status, stdout } = await inFile(written(script), async (file) =>
      spawnSync(process.execPath, [troupe, "run", file], { encoding: "utf8" }),
    );
    assert.equal(status, 1, stdout);
    return stdout;
  };
  const never = "new Promise(() => {})";
  const inStep = await ofStuck(
    `async ({ step }) => { await step("Go", () => {}); await step("Wait", () => ${never}); }`,
  );
  assert.match(inStep, /^✗ Wait\n {2}because {3}The step never ended: it waits for something that never comes: look/m);
  assert.match(inStep, /^ {2}1 {2}Go .* held\n {2}2 {2}Wait .* failed\n\nFailed after 1 step that held/m);
  const inLook = await ofStuck(
    `({ step, eventually }) => step("Wait", () => eventually("all is well", () => ${never}))`,
  );
  assert.match(inLook, /^✗ Wait\n {2}because {3}The step never ended: it waits for "all is well", and the look at it/m);
  const outside = await ofStuck(`() => ${never}`);
  assert.match(outside, /outside of its steps\n {2}because {3}The script waits for something that never comes: look/);
});

/** Runs a file until it shows this, interrupts it, and waits for its end. */
async function interrupted(file: string, { shows, by, host }: { shows: RegExp; by: NodeJS.Signals; host: string }) {
  // What it leaves behind when it is ended the hard way goes with the file's folder.
  const env = { ...process.env, TMPDIR: dirname(file) };
  const child = spawn(process.execPath, [troupe, "run", file, "--host", host], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const isShown = shows.test(stdout);
    stdout += text;
    if (!isShown && shows.test(stdout)) child.kill(by);
  });
  return await new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>(
    (resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    },
  );
}

const loops = written('async ({ step }) => { await step("Loop", () => { for (;;) {} }); }');
const looping = /^ {2}1 {2}Loop$/m;

for (const by of ["SIGINT", "SIGTERM"] as const) {
  test(`troupe run is ended by ${by} in simulation, even if its file or a step loops without a pause`, async () => {
    const atTop = 'process.stdout.write("at the top\\n"); for (;;) {}';
    for (const [text, shows] of [
      [loops, looping],
      [atTop, /at the top/],
    ] as const) {
      const { code, signal, stdout } = await inFile(text, (file) =>
        interrupted(file, { shows, by, host: "simulation" }),
      );
      assert.deepEqual([code, signal], [null, by], stdout);
    }
  });
}

for (const by of isLong ? (["SIGINT", "SIGTERM", "SIGHUP"] as const) : (["SIGHUP"] as const)) {
  test(`troupe run in threads is ended by ${by} when a step loops without a pause, and it says why`, async () => {
    const how = { shows: looping, by, host: "pool" };
    const { code, signal, stderr } = await inFile(loops, (file) => interrupted(file, how));
    assert.deepEqual([code, signal], [null, by], stderr);
    assert.match(stderr, /^Interrupted: a script did not let go of the main thread, so nothing was cleaned up\n$/);
  });
}

for (const by of isLong ? (["SIGINT", "SIGTERM"] as const) : (["SIGTERM"] as const)) {
  test(`troupe run in threads stops in good order at ${by} when its script lets it`, async () => {
    const waits = written('async ({ step, advance }) => { await step("Wait", () => advance("24h")); }');
    const how = { shows: /^ {2}1 {2}Wait$/m, by, host: "pool" };
    const { code, signal, stderr } = await inFile(waits, (file) => interrupted(file, how));
    assert.deepEqual([code, signal, stderr], [130, null, ""]);
  });
}

/** Two pods: one runs an image that hides one of ours, the other one that comes along. */
const withImages = (images: string) => `
import { scenario } from ${scenarioUrl};
const topology = { nodes: 1, stores: 1, apiservers: 1 };
const about = { name: "mine", summary: "Its own images", topology, images: ${images} };
export default scenario(about, async ({ step, apply, eventually, request, expect }) => {
  const run = (name) => apply([
    { apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: name } },
      spec: { containers: [{ name: "a", image: name + ":1" }] } },
    { apiVersion: "v1", kind: "Service", metadata: { name },
      spec: { type: "NodePort", selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] } },
  ]);
  const answers = (service, text) => eventually(service + " answers", async () =>
    expect((await request({ service })).text(), "the answer").toContain(text));
  await step("Its own", async () => { await run("hello"); await answers("hello", "my own words"); });
  await step("Ours", async () => { await run("echo"); await answers("echo", "GET"); });
});`;

test("troupe run FILE brings images of its own, beside ours, in simulation and in threads", async () => {
  const besideIt = withImages('new URL("./images", import.meta.url)');
  for (const [host, type] of [
    ...(isLong ? ([["simulation", "module"]] as const) : []),
    ["simulation", "commonjs"],
    ["pool", "module"],
  ] as const) {
    const ownImage = 'export default { fetch: () => new Response("my own words") };';
    const body = async (file: string) => {
      await mkdir(join(file, "../images"));
      await writeFile(join(file, "../images/hello.ts"), ownImage);
      return await run(file, "--host", host);
    };
    const { code, stdout, stderr } = await inFile(besideIt, body, type);
    assert.equal(code, 0, `${host}, ${type}: ${stdout}${stderr}`);
    assert.match(stdout, /All 2 steps held/);
  }
});

test("troupe run refuses what it cannot run with one line and exit code 2", async () => {
  const assertRefused = async (line: readonly string[], expected: RegExp) => {
    const { code, stdout, stderr } = await run(...line);
    assert.equal(code, 2, `${line.join(" ")}: ${stderr}`);
    assert.equal(stdout, "");
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  };
  await assertRefused(
    ["dance"],
    /^Cannot run "dance": there is no such scenario, .*: declarative-model, losing-a-node/,
  );
  await assertRefused(["./dance.ts"], /^Cannot run \.\/dance\.ts: there is no such file$/m);
  await assertRefused([tmpdir()], /: it is no file$/m);
  await assertRefused(["scaling", "--host", "moon"], /Allowed choices are simulation, thread, pool/);
  await assertRefused(["scaling", "--seed", "-1"], /give a whole number from 0/);
  await assertRefused(["scaling", "self-healing"], /too many arguments/);
  const files: readonly (readonly [text: string, expected: RegExp])[] = [
    ['throw new Error("no\\nway")', /mine\.ts: it throws when it is loaded: no way$/m],
    ["const a: = 1;", /it throws when it is loaded: .*Unexpected/],
    ['import "./missing.ts"', /it throws when it is loaded: Cannot find module/],
    ["export const a = 1;", /it exports no scenario, write "export default scenario/],
    [
      written("async () => {}", "{ stores: 2 }"),
      /mine\.ts: Cannot make a cluster with 2 store replicas: give 1, 3 or 5/,
    ],
    [
      withImages('new URL("./nowhere", import.meta.url)'),
      /mine\.ts: Cannot use images of ".*\/nowhere": there is no such folder$/m,
    ],
    [withImages('"./mine/nowhere"'), /mine\.ts: Cannot use images of "\.\/mine\/nowhere": there is no such folder$/m],
    [withImages("new URL(import.meta.url)"), /Cannot use images of ".*mine\.ts": it is a file, name its folder$/m],
    [withImages('"file://elsewhere/images"'), /Cannot use images of "file:\/\/elsewhere\/images": /],
  ];
  for (const [text, expected] of files) {
    await inFile(text, (file) => assertRefused([file], expected));
  }
  const two = `import { scenario } from ${scenarioUrl};
    export const a = scenario({ name: "a", summary: "" }, async () => {});
    export const b = scenario({ name: "b", summary: "" }, async () => {});`;
  await inFile(two, (file) =>
    assertRefused([file], /it exports several scenarios \(a, b\), make one of them the default/),
  );
});
