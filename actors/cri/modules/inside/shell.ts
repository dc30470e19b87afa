import type { ExecResult, ImageEnv, ImageHooks } from "../image_module.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { linesOf, makeConsole } from "./console.ts";
import { makeFetches } from "./fetching.ts";
import { makeFiles } from "./files.ts";
import { formatError } from "./format.ts";
import { makeServing, type Server } from "./serving.ts";
import { signalNumbers } from "./signals.ts";

/** What a shell is opened with. */
export interface ShellSetup {
  readonly vars: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly hostname: string;
  post(output: ModuleOutput): void;
  /** See `Server`. */
  wholeBody?(response: Response): Uint8Array | undefined;
}

/** What surrounds a module in its container, the same in a worker and in simulation: it turns messages into calls. */
export interface Shell {
  /** Evaluates the module and calls its start hook. */
  load(evaluate: () => unknown): void;
  receive(input: ModuleInput): void;
  /** Something was thrown that nobody caught: the container ends with 1. */
  crash(error: unknown): void;
}

type Handlers = ImageHooks & { fetch?: Exclude<ReturnType<Server["handler"]>, undefined> };

/** What `env.exit` throws, so that nothing runs on behind it. */
const exiting = Symbol("exiting");

/** Opens the shell of a container and puts its `fetch` and `console` in place. */
export function openShell({ vars, args, hostname, post: postOut, wholeBody }: ShellSetup): Shell {
  let handlers: Handlers = {};
  let isListening = false;
  let isOver = false;

  const post = (output: ModuleOutput) => {
    if (!isOver) postOut(output);
  };
  const write = (stream: "stdout" | "stderr", text: string) => {
    for (const line of linesOf(text)) post({ type: "log", stream, line });
  };
  const end = (code: number) => {
    post({ type: "exit", code: code & 0xff, reason: (code & 0xff) === 0 ? "Completed" : "Error" });
    isOver = true;
  };
  const report = (error: unknown) => {
    if (error !== exiting) write("stderr", formatError(error));
  };
  const crash = (error: unknown) => {
    if (error === exiting || isOver) return;
    report(error);
    end(1);
  };
  const endIfNumber = (code: unknown) => {
    if (typeof code === "number") end(code);
  };

  const { fetch, answer } = makeFetches(post);
  const { files, answer: answerFile } = makeFiles(post);
  const console = makeConsole(write);
  const env: ImageEnv = Object.freeze({
    vars: Object.freeze({ ...vars }),
    args: Object.freeze([...args]),
    hostname,
    files,
    fetch,
    log: (...values: readonly unknown[]) => console.log?.(...values),
    exit(code = 0): never {
      end(code);
      throw exiting;
    },
  });
  Object.assign(globalThis, { fetch, console });
  const handler = () => (isListening ? handlers.fetch?.bind(handlers) : undefined);
  const serve = makeServing({ env, handler, post, report, ...(wholeBody ? { wholeBody } : {}) });

  async function start(): Promise<void> {
    const code = await handlers.start?.(env);
    if (typeof code === "number") return end(code);
    if (!handlers.fetch || isOver) return;
    isListening = true;
    post({ type: "listening" });
  }

  async function signal(name: string): Promise<void> {
    if (handlers.signal) return endIfNumber(await handlers.signal(name, env));
    const number = signalNumbers[name];
    if (number !== undefined) end(128 + number);
  }

  async function exec(id: number, command: readonly string[]): Promise<void> {
    const finish = ({ exitCode = 0, stdout = "", stderr = "" }: ExecResult) =>
      post({ type: "exec.end", id, exitCode: exitCode & 0xff, stdout: String(stdout), stderr: String(stderr) });
    if (!handlers.exec) {
      return finish({ exitCode: 127, stderr: `exec: "${command[0] ?? ""}": executable file not found in $PATH\n` });
    }
    try {
      const result = await handlers.exec(command, env);
      if (typeof result === "number") return finish({ exitCode: result });
      finish(typeof result === "string" ? { stdout: result } : (result ?? {}));
    } catch (error) {
      finish({ exitCode: 1, stderr: `${formatError(error)}\n` });
    }
  }

  return {
    crash,
    load(evaluate) {
      try {
        handlers = handlersOf(evaluate());
      } catch (error) {
        return crash(error);
      }
      start().catch(crash);
    },
    receive(input) {
      if (isOver) return;
      if (input.type === "signal") signal(input.name).catch(crash);
      else if (input.type === "exec") exec(input.id, input.command).catch(crash);
      else if (input.type === "file.done" || input.type === "file.failed") answerFile(input);
      else if (input.type.startsWith("fetch.")) answer(input as Parameters<typeof answer>[0]);
      else serve(input as Parameters<typeof serve>[0]);
    },
  };
}

function handlersOf(exports: unknown): Handlers {
  const found = (exports as { default?: Handlers } | undefined)?.default;
  const has = (name: "fetch" | "start") => typeof found?.[name] === "function";
  if (!found || !(has("fetch") || has("start"))) {
    throw new Error("Cannot start image: it has no handler, export default { fetch(request, env) { ... } }");
  }
  return found;
}
