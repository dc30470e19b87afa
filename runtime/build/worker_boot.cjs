// The first and only file of ours that a worker loads as it is: the bundle brings the rest. It is CommonJS, and the
// bundle a function, because workers start sooner without Node's loader of modules and with code that V8 compiled before.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { fileURLToPath } = require("node:url");
const { compileFunction } = require("node:vm");
const { workerData } = require("node:worker_threads");

const { bundle, home } = workerData;
const path = fileURLToPath(bundle);
// The names are those of `worker_code.ts`. Bundles are ASCII, which takes half the room when it is read as latin1.
const run = compileFunction(readFileSync(path, "latin1"), ["require", "bundleUrl", "$mport"], {
  filename: bundle,
  cachedData: readFileSync(`${path}.cache`),
});
// Packages are found from where ours is: the cache may be anywhere.
run(createRequire(home), home, (url) => import(url));
