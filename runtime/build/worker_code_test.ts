import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { Worker } from "node:worker_threads";
import { assert, test } from "../../properties/house/test.ts";
import { codeBytes, compiledCode, workerCode, workerFrame } from "./worker_code.ts";

const url = "file:///bundle.cjs";

/** Runs it as a worker does: from what was compiled, with its own `import`. */
async function run(text: string) {
  const code = await workerCode(`${workerFrame.opening}${text}\n${workerFrame.closing}`);
  const imported: unknown[] = [];
  const script = new Script(code, { filename: url, cachedData: compiledCode(code, url) });
  const value: unknown = script.runInThisContext()(undefined, url, (asked: unknown) => imported.push(asked));
  return { value, imported, isFromCache: script.cachedDataRejected === false };
}

test("compiledCode() compiles what a worker runs without compiling it again", async () => {
  assert.deepEqual(await run("return bundleUrl;"), { value: url, imported: [], isFromCache: true });
});

test("workerCode() lets code from the cache import by a function that it is given", async () => {
  const { imported, isFromCache } = await run(
    'const load = (name) => import(name); load("a"); import ( `b` ); load("c")',
  );
  assert.deepEqual([imported, isFromCache], [["a", "b", "c"], true]);
});

test("workerCode() leaves all that is not an import as it is, and where it is", async () => {
  const text = 'return ["import(x)", /import(x)/.source, { import: (x) => x }.import(1), import("y")];';
  const code = await workerCode(text);
  assert.equal(code, text.replace('import("y")', '$mport("y")'));
  assert.deepEqual((await run(text)).value, ["import(x)", "import(x)", 1, 1]);
});

test("workerCode() leaves a method alone that has the name of imports", async () => {
  const text = "return [new (class { import(x, y) { return x; } })().import(1), { import(x) { return x; } }.import(2)]";
  assert.equal(await workerCode(text), text);
  assert.equal(await workerCode("load(import(import(x)))"), "load($mport($mport(x)))");
});

test("worker_boot keeps what V8 has compiled by then, and a later worker runs from that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-kept-"));
  try {
    const path = join(folder, "worker.cjs");
    const bundle = pathToFileURL(path).href;
    // A function is compiled when it is called.
    const text = `const { parentPort } = require("node:worker_threads");
      function called() { return ${JSON.stringify("called ".repeat(50))}.length; }
      parentPort.postMessage(called());
      parentPort.on("message", () => {});`;
    const code = await workerCode(`${workerFrame.opening}${text}\n${workerFrame.closing}`);
    await writeFile(path, codeBytes(code));
    await writeFile(`${path}.cache`, compiledCode(code, bundle));
    const answer = async (birth: object) => {
      const boot = new URL("./worker_boot.cjs", import.meta.url);
      const worker = new Worker(boot, { workerData: { bundle, home: import.meta.url, ...birth }, execArgv: [] });
      const [said] = await once(worker, "message");
      const kept = await keptOf(`${path}.kept`, "keepsCodeAfterMs" in birth);
      await worker.terminate();
      return { said: said as number, kept };
    };
    assert.deepEqual(await answer({}), { said: 350, kept: undefined });
    const first = await answer({ keepsCodeAfterMs: 0 });
    assert.ok(first.kept);
    const { length } = await readFile(`${path}.cache`);
    assert.ok(first.kept.length > length, `${first.kept.length} bytes are no more than ${length}`);
    assert.equal(new Script(code, { filename: bundle, cachedData: first.kept }).cachedDataRejected, false);
    await rm(`${path}.cache`);
    assert.equal((await answer({})).said, 350);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** What is kept there, waited for where it is expected. */
async function keptOf(path: string, isExpected: boolean): Promise<Buffer | undefined> {
  for (;;) {
    const found = await readFile(path).catch(() => undefined);
    if (found || !isExpected) return found;
    await new Promise(setImmediate);
  }
}
