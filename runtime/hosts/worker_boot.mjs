// The first and only file of ours that a worker loads as it is: the bundle brings the rest.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { workerData } from "node:worker_threads";

const { bundle } = workerData;
const path = fileURLToPath(bundle);
const cache = `${path}.cache`;
const module = { exports: {} };
// Another Node than the one that made the cache takes no notice of it.
const run = vm.compileFunction(readFileSync(path, "utf8"), ["exports", "require", "module", "bundleUrl"], {
  filename: bundle,
  ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
run(module.exports, createRequire(bundle), module, bundle);
