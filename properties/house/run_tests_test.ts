import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, test } from "./test.ts";

const runner = fileURLToPath(new URL("./run_tests.ts", import.meta.url));
const passing = 'import { test } from "node:test";\ntest("sound", () => {});\n';
const failing = 'import { test } from "node:test";\ntest("broken", () => { throw new Error("on purpose"); });\n';

/** Runs the runner on a project that has these files. */
async function runIn(files: Record<string, string>, ...args: string[]): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const env = { ...process.env };
    // Else the runner would take itself for a test of the run that it is part of.
    delete env.NODE_TEST_CONTEXT;
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), runner, ...args], {
      cwd: folder,
      env,
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    return { code, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("run_tests runs every file of tests and closes with the counts", async () => {
  const { code, output } = await runIn({ "actors/a_test.ts": passing, "runtime/deep/b_test.ts": passing });
  assert.equal(code, 0, output);
  assert.match(output, /pass 2\n/);
  assert.match(output, /fail 0\n/);
});

test("run_tests fails when a test fails, and when a file cannot be loaded", async () => {
  const broken = await runIn({ "actors/a_test.ts": passing, "actors/b_test.ts": failing });
  assert.equal(broken.code, 1);
  assert.match(broken.output, /on purpose/);
  assert.match(broken.output, /pass 1\n/);
  assert.match(broken.output, /fail 1\n/);
  const unloadable = await runIn({ "actors/a_test.ts": 'import "./missing.ts";' });
  assert.equal(unloadable.code, 1);
});

test("run_tests runs only the files that its arguments name", async () => {
  const files = { "actors/store/a_test.ts": passing, "actors/b_test.ts": failing, "runtime/a.ts": "" };
  const { code, output } = await runIn(files, "actors/store");
  assert.equal(code, 0, output);
  assert.match(output, /tests 1\n/);
});

test("run_tests refuses arguments that name no file", async () => {
  const { code, output } = await runIn({ "actors/a_test.ts": passing }, "actors/nothing");
  assert.equal(code, 2);
  assert.match(output, /no \*_test.ts file matches actors\/nothing/);
});

test("run_tests begins with what took the longest when it last ran, and before that with what never ran", async () => {
  const named = (name: string) => passing.replace("sound", name);
  const { output } = await runIn({
    "actors/a_test.ts": named("brief"),
    "actors/b_test.ts": named("long"),
    "actors/c_test.ts": named("new"),
    "node_modules/.cache/kubetroupe-test-times.json": '{"actors/a_test.ts":10,"actors/b_test.ts":9000}',
  });
  const order = ["new", "long", "brief"].map((name) => output.indexOf(`✔ ${name}`));
  assert.ok(
    order.every((at) => at >= 0),
    output,
  );
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    order,
  );
});
