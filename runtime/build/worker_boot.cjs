// The first and only file of ours that a worker loads as it is: the bundle brings the rest. It is CommonJS, and the
// bundle a function, because workers start sooner without Node's loader of modules and with code that V8 compiled before.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { fileURLToPath } = require("node:url");
const { compileFunction } = require("node:vm");
const { workerData } = require("node:worker_threads");

const { bundle, home } = workerData;
// Packages are found from where ours is: the cache may be anywhere.
const own = createRequire(home);
const lateLoaded = new Map();

run(bundle);

function run(url) {
  const path = fileURLToPath(url);
  // The names, and how it is read, are those of `worker_code.ts`.
  const body = compileFunction(readFileSync(path, "latin1"), ["require", "bundleUrl", "$mport", "module"], {
    filename: url,
    cachedData: readFileSync(`${path}.cache`),
  });
  const module = { exports: {} };
  body(own, home, load, module);
  return module.exports;
}

// What ours load late is a bundle beside this one, run once.
async function load(name) {
  if (!name.startsWith("./")) return import(name);
  if (!lateLoaded.has(name)) lateLoaded.set(name, run(new URL(name, bundle).href));
  return lateLoaded.get(name);
}
