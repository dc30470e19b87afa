import vm from "node:vm";
import { type Random, randomFrom } from "../../../runtime/core/random.ts";
import type { ContextSetup, ContextShell } from "./inside/context_entry.ts";
import { contextScript } from "./inside_scripts.ts";
import type { ModuleInput, ModuleOutput, ModuleRunner, ModuleStart, RunningModule } from "./module_runner.ts";
import { pureFunctions } from "./pure_functions.ts";

/** The world that simulated containers live in; a device's context is one, with a clock. */
export interface SimulatedWorld {
  /** The wall clock that modules see. */
  nowMs(): number;
  /** Counts on evenly; only differences matter. */
  uptimeMs(): number;
  after(delayMs: number, body: () => void): void;
  /** Each container draws one number when it starts; all of its luck comes from that. */
  readonly random: Random;
}

/** How simulated containers run. */
export interface SimulatedRunnerOptions {
  /** Turns of loops and calls of functions in one moment, past which a module hangs for ever. Default 20 million. */
  readonly stepsMax?: number;
  /**
   * How long the handling of one input may take in real time. It costs a tenth of a millisecond for each input, and is
   * the last resort against what no steps count: an expression that backtracks for ever. Past it `tell` throws, the run
   * has failed. Default: no limit.
   */
  readonly realMsMax?: number;
}

/** Makes the runners of simulated worlds. */
export type SimulatedRunners = (world: SimulatedWorld, options?: SimulatedRunnerOptions) => ModuleRunner;

const stepsMaxDefault = 20_000_000;
const deliver = new vm.Script("deliver()", { filename: "deliver.js" });

/**
 * Prepares what simulated containers need, once a process. What it gives needs no waiting: a module runs in a context
 * of its own within the call that tells it something. Two things are not the same on all machines: how deep calls may
 * nest before `RangeError`, and what only Node's version decides, such as texts of the language's own errors.
 *
 * @example
 * const runnerOf = await simulatedRunners();
 * const container = runnerOf(world).start({ image, vars: {}, args: [], hostname: "web-0", name: "web-0" }, onOutput);
 */
export async function simulatedRunners(): Promise<SimulatedRunners> {
  const prelude = new vm.Script(await contextScript(), { filename: "inside.js" });
  const images = new Map<string, vm.Script>();
  const scriptOf = ({ image: { digest, simulatedCode } }: ModuleStart) => {
    let script = images.get(digest);
    if (!script) {
      const text = `(function (require, __step) {${simulatedCode}\nreturn image;})`;
      script = new vm.Script(text, { filename: "image.js" });
      images.set(digest, script);
    }
    return script;
  };
  return (world, options = {}) => ({
    start: (start, onOutput) => run({ start, onOutput, world, options, prelude, imageScript: scriptOf(start) }),
  });
}

interface Run {
  readonly start: ModuleStart;
  readonly onOutput: (output: ModuleOutput) => void;
  readonly world: SimulatedWorld;
  readonly options: SimulatedRunnerOptions;
  readonly prelude: vm.Script;
  readonly imageScript: vm.Script;
}

function run({ start, onOutput, world, options, prelude, imageScript }: Run): RunningModule {
  const { stepsMax = stepsMaxDefault, realMsMax } = options;
  const { vars, args, hostname, image, name } = start;
  const random = randomFrom(world.random.int(0x1_0000_0000));
  const startedMs = world.uptimeMs();
  const todo: (() => void)[] = [];
  let outputs: ModuleOutput[] = [];
  // Until its first moment, so that the caller holds the container before it hears of it.
  let isBusy = true;
  let isOver = false;
  let inputs = 0;
  let shell: ContextShell | undefined;

  const context = vm.createContext(Object.create(null), {
    name,
    microtaskMode: "afterEvaluate",
    codeGeneration: { strings: false, wasm: false },
  });
  const enter = (body: () => void) => {
    if (realMsMax === undefined) return body();
    context.deliver = body;
    try {
      deliver.runInContext(context, { timeout: realMsMax });
    } catch (cause) {
      shell?.stop();
      throw new Error(
        `Cannot go on with the simulation: container "${name}" computed for more than ${realMsMax} ms in one moment, look for an expression that backtracks`,
        { cause },
      );
    } finally {
      delete context.deliver;
    }
  };
  const give = (output: ModuleOutput) => {
    if (isOver) return;
    if (output.type === "exit") isOver = true;
    onOutput(output);
  };
  /** One thing after the other: what is told meanwhile waits until all that happened was told. */
  const act = (body: () => void) => {
    if (isOver) return;
    todo.push(body);
    if (!isBusy) drain();
  };
  const drain = () => {
    isBusy = true;
    try {
      for (let next = todo.shift(); next; next = todo.shift()) {
        if (isOver) break;
        enter(next);
        const happened = outputs;
        outputs = [];
        for (const output of happened) give(output);
      }
    } finally {
      isBusy = false;
      if (isOver) todo.length = 0;
    }
  };

  const open = () => {
    prelude.runInContext(context);
    const inside = context.inside as { open(setup: ContextSetup): ContextShell };
    delete context.inside;
    shell = inside.open({
      host: {
        ...pureFunctions,
        nowMs: () => world.nowMs(),
        uptimeMs: () => world.uptimeMs() - startedMs,
        after: (delayMs, id) => world.after(delayMs, () => act(() => shell?.fire(id))),
        random32: () => random.int(0x1_0000_0000),
      },
      config: JSON.stringify({ vars, args, hostname }),
      stepsMax,
      post: (output) => void outputs.push(outside(output)),
    });
    const evaluate = imageScript.runInContext(context) as (require: unknown, step: unknown) => unknown;
    shell.load((require, step) => evaluate(require, step));
  };

  const refuse = (builtin: string) => {
    const line = `Cannot start container "${name}": its image imports "node:${builtin}", which simulation refuses whatever the pod grants, take time, luck and connections from the web's globals`;
    outputs.push({ type: "log", stream: "stderr", line }, { type: "exit", code: 1, reason: "Error" });
  };
  const [refused] = image.builtins;
  todo.push(refused ? () => refuse(refused.builtin) : open);
  world.after(0, drain);

  return {
    tell(input: ModuleInput) {
      inputs++;
      act(() => shell?.receive(input));
    },
    // Virtual time stands still while a module computes: what it is told is what it works on.
    cpuMs: () => inputs,
    kill() {
      shell?.stop();
      give({ type: "exit", code: 137, reason: "Error" });
    },
    dispose() {
      isOver = true;
      shell?.stop();
    },
  };
}

/** What comes out is copied: objects of the context stay there, and the module may use its bytes again. */
function outside(output: ModuleOutput): ModuleOutput {
  if ("data" in output) return { ...output, data: new Uint8Array(output.data) };
  if ("headers" in output) return { ...output, headers: Array.from(output.headers, ([name, value]) => [name, value]) };
  return { ...output };
}
