import { compileFunction } from "node:vm";
import { assert, test } from "../../properties/house/test.ts";
import { compiledCode, workerCode } from "./worker_code.ts";

const url = "file:///bundle.cjs";

/** Runs it as a worker does: from what was compiled, with its own `import`. */
async function run(text: string) {
  const code = await workerCode(text);
  const imported: unknown[] = [];
  const options = { filename: url, cachedData: compiledCode(code, url) };
  const compiled = compileFunction(code, ["require", "bundleUrl", "$mport", "module"], options);
  const value: unknown = compiled(undefined, url, (asked: unknown) => imported.push(asked));
  // Its types do not know what Node says of the cache.
  return { value, imported, isFromCache: (compiled as { cachedDataRejected?: boolean }).cachedDataRejected === false };
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
