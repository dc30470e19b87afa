import { spawn } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, fc, property, test } from "./test.ts";

const wrappers = new URL("./test.ts", import.meta.url).href;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a file of tests in a process of its own and gives back what it printed. */
async function runTests(body: string, env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const file = join(folder, "sample.ts");
    await writeFile(file, `import { assert, fc, property, scenario, test } from ${JSON.stringify(wrappers)};\n${body}`);
    const inherited = { ...process.env };
    // The variables of the runner that runs this very test: a child must not think that it is a part of it.
    for (const name of ["NODE_TEST_CONTEXT", "TROUPE_RUNS", "TROUPE_SEED", "TROUPE_PATH"]) delete inherited[name];
    const child = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: root,
      env: { ...inherited, ...env },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

property("property() draws from every arbitrary given", [fc.nat(), fc.string()], (count, text) => {
  assert.equal(typeof count, "number");
  assert.equal(typeof text, "string");
});

test("property() fails with the shrunk counterexample, its seed and its path, and plays it again", async () => {
  const body = `property("small", [fc.nat(100000)], (n) => { console.log("tried", n); assert.ok(n < 1000); });`;
  const first = await runTests(body);
  assert.equal(first.code, 1);
  assert.match(first.output, /Counterexample: \[1000\]/);
  const replay = /TROUPE_SEED=(-?\d+) TROUPE_PATH=([\d:]+)/.exec(first.output);
  assert.ok(replay, first.output);
  const again = await runTests(body, {
    TROUPE_SEED: replay[1] ?? "",
    TROUPE_PATH: replay[2] ?? "",
  });
  assert.equal(again.code, 1);
  assert.deepEqual(again.output.match(/tried \d+/g), ["tried 1000"]);
});

test("property() draws the same samples in every process, and TROUPE_RUNS as many times more", async () => {
  const body = `property("law", [fc.nat()], (n) => { console.log("drew", n); }, { runs: 5 });`;
  const [one, two, more] = await Promise.all([runTests(body), runTests(body), runTests(body, { TROUPE_RUNS: "3" })]);
  const drawn = (output: string): string[] => output.match(/drew \d+/g) ?? [];
  assert.equal(drawn(one.output).length, 5);
  assert.deepEqual(drawn(one.output), drawn(two.output));
  assert.equal(drawn(more.output).length, 15);
  assert.deepEqual(drawn(more.output).slice(0, 5), drawn(one.output));
});

test("property() refuses a TROUPE_RUNS that is no number", async () => {
  const run = await runTests(`property("law", [fc.nat()], () => {});`, {
    TROUPE_RUNS: "many",
  });
  assert.equal(run.code, 1);
  assert.match(run.output, /Reading TROUPE_RUNS: "many" is not a number above 0/);
});

test("scenario() cleans up newest first, also after a failure, and removes its folders", async () => {
  const run = await runTests(`scenario("s", {}, async (context) => {
    console.log("folder", await context.folder());
    context.defer(() => console.log("cleaned 1"));
    context.use({ async [Symbol.asyncDispose]() { console.log("cleaned 2"); } });
    context.use({ [Symbol.dispose]() { console.log("cleaned 3"); } });
    assert.fail("broken on purpose");
  });`);
  assert.equal(run.code, 1);
  assert.deepEqual(run.output.match(/cleaned \d/g), ["cleaned 3", "cleaned 2", "cleaned 1"]);
  const folder = /folder (\S+)/.exec(run.output)?.[1];
  assert.ok(folder);
  await assert.rejects(access(folder));
});

test("scenario() fails and still cleans up when it is out of time", async () => {
  const run = await runTests(`scenario("s", { timeoutMs: 50 }, async (context) => {
    context.defer(() => console.log("cleaned"));
    await new Promise((resolve) => { context.signal.addEventListener("abort", resolve); setTimeout(() => {}, 500); });
  });`);
  assert.equal(run.code, 1);
  assert.match(run.output, /timed out after 50ms/);
  assert.match(run.output, /cleaned/);
});
