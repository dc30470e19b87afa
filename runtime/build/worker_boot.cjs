// The first and only file of ours that a worker loads as it is: the bundle brings the rest. It is CommonJS, and the
// bundle a script, because workers start sooner without Node's loader of modules and with code that V8 compiled before.
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { fileURLToPath } = require("node:url");
const { Script } = require("node:vm");
const { threadId, workerData } = require("node:worker_threads");

const { bundle, home, keepsCodeAfterMs } = workerData;
// Packages are found from where ours is: the cache may be anywhere.
const own = createRequire(home);
const lateLoaded = new Map();

run(bundle);

function run(url) {
  const path = fileURLToPath(url);
  const kept = codeKeptOf(path);
  // How it is read is as `worker_code.ts` writes it.
  const script = new Script(readFileSync(path, "latin1"), {
    filename: url,
    cachedData: kept ?? readFileSync(`${path}.cache`),
  });
  const module = { exports: {} };
  script.runInThisContext()(own, home, load, module);
  if (keepsCodeAfterMs !== undefined && !kept) setTimeout(() => keepCode(script, path), keepsCodeAfterMs).unref();
  return module.exports;
}

function codeKeptOf(path) {
  try {
    return readFileSync(`${path}.kept`);
  } catch {
    return undefined;
  }
}

// What V8 compiles before a script runs lacks the functions in it, which it compiles when they are first called. What
// an earlier worker called is most of what the next will: it need not compile that again.
function keepCode(script, path) {
  const temporary = `${path}.${process.pid}-${threadId}`;
  try {
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, `${path}.kept`);
  } catch {
    // The folder is gone or full: workers start as they did.
  }
}

// What ours load late is a bundle beside this one, run once.
async function load(name) {
  if (!name.startsWith("./")) return import(name);
  if (!lateLoaded.has(name)) lateLoaded.set(name, run(new URL(name, bundle).href));
  return lateLoaded.get(name);
}
