import { Worker } from "node:worker_threads";
import { allows, type Permissions } from "../../../runtime/core/permissions.ts";
import { present } from "../../kit/present.ts";
import type { WorkerStart } from "./inside/worker_entry.ts";
import { workerModule } from "./inside_scripts.ts";
import { judgeImage } from "./judge_image.ts";
import type { ModuleInput, ModuleOutput, ModuleRunner, ModuleStart, RunningModule } from "./module_runner.ts";

const megabyte = 1024 * 1024;
/** The least a worker can live with. */
const heapMbMin = 8;

/**
 * Makes the runner that gives each container a worker thread of its own, with the modules of Node that its pod's
 * permissions cover and no others. A guard against mistakes, not a sandbox against malice. `worker` is the URL of the
 * module that a worker starts with, when it was built already.
 *
 * @example
 * const runner = await workerRunner();
 * const container = runner.start({ image, vars: {}, args: [], hostname: "web-0", name: "web-0" }, onOutput);
 */
export async function workerRunner(worker?: string): Promise<ModuleRunner> {
  const entry = new URL(worker ?? (await workerModule()));
  return { start: (start, onOutput) => run(entry, start, onOutput) };
}

function run(entry: URL, start: ModuleStart, onOutput: (output: ModuleOutput) => void): RunningModule {
  const { image, vars, args, hostname, name, permissions = {}, memoryLimitBytes } = start;
  let isOver = false;
  let isKilled = false;
  let worker: Worker | undefined;

  const give = (output: ModuleOutput) => {
    if (isOver) return;
    if (output.type === "exit") {
      isOver = true;
      void worker?.terminate();
    }
    onOutput(output);
  };
  const fail = (error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_WORKER_OUT_OF_MEMORY") return give({ type: "exit", code: 137, reason: "OOMKilled" });
    for (const line of message.split("\n")) give({ type: "log", stream: "stderr", line });
    give({ type: "exit", code: 1, reason: "Error" });
  };
  const begin = () => {
    if (isOver) return;
    try {
      judgeImage(image.builtins, permissions, name);
    } catch (error) {
      return fail(error);
    }
    worker = new Worker(entry, {
      name,
      workerData: {
        ...{ code: image.code, vars, args, hostname, name, permissions },
        ...present({ memoryLimitBytes }),
      } satisfies WorkerStart,
      env: grantedEnvironment(permissions),
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      ...(memoryLimitBytes === undefined ? {} : { resourceLimits: limitsOf(memoryLimitBytes) }),
    });
    worker.on("message", (outputs: readonly ModuleOutput[]) => {
      for (const output of outputs) give(output);
    });
    worker.on("error", fail);
    worker.on("exit", () => give({ type: "exit", code: isKilled ? 137 : 1, reason: "Error" }));
    for (const input of early.splice(0)) worker.postMessage(input);
  };

  const early: ModuleInput[] = [];
  // The caller holds the container before it hears of it.
  queueMicrotask(begin);
  return {
    tell(input) {
      if (worker) worker.postMessage(input);
      else early.push(input);
    },
    cpuMs: () => worker?.performance.eventLoopUtilization().active ?? 0,
    kill() {
      if (isOver || isKilled) return;
      isKilled = true;
      if (worker) void worker.terminate();
      else give({ type: "exit", code: 137, reason: "Error" });
    },
    dispose() {
      isOver = true;
      void worker?.terminate();
    },
  };
}

/** What `process.env` shows: the variables of this process that are granted by name, and no others. */
function grantedEnvironment(permissions: Permissions) {
  return Object.fromEntries(
    Object.entries(process.env).filter(([variable]) => allows(permissions, { name: "env", scope: variable })),
  );
}

function limitsOf(memoryLimitBytes: number) {
  const heapMb = Math.max(heapMbMin, Math.floor(memoryLimitBytes / megabyte));
  return { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: Math.max(1, Math.floor(heapMb / 4)) };
}
