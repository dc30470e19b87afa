import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, test } from "./test.ts";

const runner = fileURLToPath(new URL("./run_tests.ts", import.meta.url));
const passing = 'import { test } from "node:test";\ntest("sound", () => {});\n';
const failing = 'import { test } from "node:test";\ntest("broken", () => { throw new Error("on purpose"); });\n';

/** What makes tests of a project share a process: `runIn` writes the way to our wrappers. */
const wrappers = { "properties/house/test.ts": 'export * from "WRAPPERS";\n' };
const wrappersPath = fileURLToPath(new URL("./test.ts", import.meta.url));
const shared = (name: string, body = "") =>
  `import { assert, test } from "../properties/house/test.ts";\ntest("${name}", async () => { ${body} });\n`;

/** Runs the runner on a project that has these files. */
async function runIn(files: Record<string, string>, ...args: string[]): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const all = { "package.json": '{"type":"module"}', ...files };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const way = relative(dirname(join(folder, path)), wrappersPath);
      await writeFile(join(folder, path), text.replace("WRAPPERS", way));
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

test("run_tests runs files that only compute in one process, and names the file and the test that fails", async () => {
  const { code, output } = await runIn({
    ...wrappers,
    "actors/a_test.ts": shared("brief"),
    "actors/b_test.ts": shared("broken", "assert.equal(1, 2);"),
    "actors/c_test.ts": 'import "./missing.ts";\nimport "../properties/house/test.ts";\n',
    "actors/d_test.ts": shared("last"),
    "actors/e_test.ts": failing,
  });
  assert.equal(code, 1, output);
  // Only files that share a process are tests themselves.
  const lines = [/✔ actors.a_test/, /✖ actors.b_test/, /✖ actors.c_test/, /✔ actors.d_test/, /✖ broken/, /missing\.ts/];
  for (const line of lines) assert.match(output, line);
  assert.doesNotMatch(output, /[✔✖▶] actors.e_test/);
  // One that does not build keeps all from being bundled, and not from being run.
  assert.match(output, /Running sources, of which no script can be made: .*\n.*missing\.ts/);
});

test("run_tests runs each file alone that a process which ended did not come to", async () => {
  const { code, output } = await runIn({
    ...wrappers,
    "actors/a_test.ts": shared("first"),
    "actors/b_test.ts": shared("deadly", "(await import('node:' + 'process')).default.exit(7);"),
    "actors/c_test.ts": shared("hidden", "assert.fail('on purpose');"),
    "actors/d_test.ts": shared("sound"),
  });
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /Running sources/);
  // What the first one told of itself may have been lost with the process.
  assert.match(output, /before these files of it had run[^:]*:\n(?:actors\/a_test.ts\n)?actors\/b_test.ts/);
  for (const line of [/on purpose/, /✖ hidden/, /✔ sound/]) assert.match(output, line);
});

test("run_tests fails a file that leaves its shared process changed", async () => {
  const { code, output } = await runIn({
    ...wrappers,
    "actors/a_test.ts": shared("meddler", "Math.random = () => 4;"),
    "actors/b_test.ts": shared("sound"),
  });
  assert.equal(code, 1, output);
  assert.match(output, /Math\.random left changed/);
});
