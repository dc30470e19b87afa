import { createRequire, isBuiltin } from "node:module";
import { getHeapStatistics } from "node:v8";
import vm from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import type { Permissions } from "../../../../runtime/core/permissions.ts";
import { webGlobals, withheldGlobals } from "../image_module.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { bufferLimit } from "./buffer_limit.ts";
import { missingFor, ungranted } from "./builtin_grants.ts";
import { guardedBuiltin, refuserOf } from "./guarded_builtins.ts";
import { openShell } from "./shell.ts";

/** What a worker is started with. */
export interface WorkerStart {
  readonly code: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly hostname: string;
  /** How the container is called in refusals. */
  readonly name: string;
  readonly permissions: Permissions;
  readonly memoryLimitBytes?: number;
}

/** How often it tells how much memory it takes. */
const usageMs = 10_000;

const start = workerData as WorkerStart;
const { code, vars, args, hostname, name: container, permissions, memoryLimitBytes } = start;
const port = parentPort;
if (!port) throw new Error("Cannot run an image: this is no worker thread, start it through workerRunner()");

let together: ModuleOutput[] = [];
function flush(): void {
  if (together.length > 0) port?.postMessage(together);
  together = [];
}
/** Of a response all that is there at once goes in one message; what else is told goes at once, also before a loop. */
function post(output: ModuleOutput): void {
  if (together.push(output) === 1 && output.type.startsWith("response.")) setImmediate(flush);
  else if (!output.type.startsWith("response.")) flush();
}

const shell = openShell({ vars, args, hostname, post });
process.on("uncaughtException", shell.crash);
process.on("unhandledRejection", shell.crash);
const limit =
  memoryLimitBytes === undefined
    ? undefined
    : bufferLimit(memoryLimitBytes, () => post({ type: "exit", code: 137, reason: "OOMKilled" }));
port.on("message", (input: ModuleInput) => {
  if (limit && "data" in input) limit.count(input.data.length);
  shell.receive(input);
});

setInterval(() => post({ type: "usage", memoryBytes: getHeapStatistics().used_heap_size }), usageMs).unref();

const nodeRequire = createRequire(import.meta.url);
const refuse = refuserOf(permissions, container);
function granted(name: string): unknown {
  const attempt = `Cannot use "${name}" in container "${container}"`;
  if (!isBuiltin(name)) throw new Error(`${attempt}: it is not in the image, write its name in an import`);
  const [builtin = ""] = name.replace(/^node:/, "").split("/");
  const missing = missingFor(builtin, permissions);
  if (missing) throw new Error(`${attempt}: ${ungranted(missing)}`);
  return guardedBuiltin(name, { load: nodeRequire, refuse });
}
// The ways to Node's modules that libraries take beside imports lead to the same.
Object.assign(process, { getBuiltinModule: granted, binding: granted, dlopen: granted });
for (const name of ["WebSocket", "EventSource"]) Reflect.deleteProperty(globalThis, name);

// The same globals as in simulation: what is not there would only be missed there. They are hidden from the image, not
// removed: the platform's own code uses them.
const kept = new Set<string>([...webGlobals, ...Object.getOwnPropertyNames(vm.runInNewContext("globalThis"))]);
for (const name of withheldGlobals) kept.delete(name);
const hidden = Object.getOwnPropertyNames(globalThis).filter(
  (name) => !kept.has(name) && /^[A-Za-z_$][\w$]*$/.test(name),
);
shell.load(() => {
  const given: Readonly<Record<string, unknown>> = { require: granted, ...limit?.globals };
  const parameters = [...Object.keys(given), ...hidden.filter((name) => name !== "require")];
  const evaluate = vm.compileFunction(`${code}\nreturn image;`, parameters, { filename: "image.js" });
  return evaluate(...Object.values(given));
});
