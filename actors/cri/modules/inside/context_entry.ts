import "./web/install_promise.ts";
import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableStream as Readable,
  TransformStream as Transform,
  WritableStream as Writable,
} from "web-streams-polyfill";
import { withheldGlobals } from "../image_module.ts";
import type { ModuleInput, ModuleOutput } from "../module_runner.ts";
import { drainJobs, dropJobs } from "./promise.ts";
import { openShell, type Shell } from "./shell.ts";
import { SimulatedBody } from "./web/body.ts";
import { cloneValue } from "./web/clone.ts";
import type { ContextHost } from "./web/context_host.ts";
import { makeCrypto } from "./web/crypto.ts";
import { makeDate } from "./web/date.ts";
import {
  SimulatedAbortController,
  SimulatedAbortSignal,
  SimulatedDomException,
  SimulatedEvent,
  SimulatedEventTarget,
} from "./web/events.ts";
import { SimulatedHeaders } from "./web/headers.ts";
import { fixLocale } from "./web/locale.ts";
import { SimulatedRequest, SimulatedResponse } from "./web/request_response.ts";
import { makeText } from "./web/text.ts";
import { fireTimer, openTimers, timerGlobals } from "./web/timers.ts";
import { makeUrl } from "./web/url.ts";

/** What a simulated container is opened with; texts, numbers and functions only. */
export interface ContextSetup {
  readonly host: ContextHost;
  /** `vars`, `args` and `hostname` as JSON. */
  readonly config: string;
  readonly stepsMax: number;
  post(output: ModuleOutput): void;
}

/** The inside of a simulated container, as the runner drives it. After each call nothing is left to do. */
export interface ContextShell {
  load(evaluate: (require: (name: string) => never, step: () => void) => unknown): void;
  receive(input: ModuleInput): void;
  fire(timer: number): void;
  /** Nothing of the module runs any more. */
  stop(): void;
}

/** Puts all globals in place and opens the shell. */
export function open({ host, config, stepsMax, post }: ContextSetup): ContextShell {
  installGlobals(host);
  const { vars, args, hostname } = JSON.parse(config);
  let stepsLeft = stepsMax;
  let isOver = false;

  const tell = (output: ModuleOutput) => {
    if (isOver) return;
    // The shell ends itself after `exit`: what is still queued must not run.
    if (output.type === "exit") isOver = true;
    post(output);
  };
  const step = () => {
    if (--stepsLeft >= 0 && !isOver) return;
    if (!isOver) tell({ type: "hung" });
    isOver = true;
    throw new Error("The container is over");
  };
  const wholeBody = (response: Response) => SimulatedBody.takeWhole(response as unknown as SimulatedBody);
  const shell: Shell = openShell({ vars, args, hostname, post: tell, wholeBody });

  const inside = (body: () => void) => {
    if (isOver) return;
    stepsLeft = stepsMax;
    try {
      body();
    } catch (error) {
      shell.crash(error);
    }
    drainJobs({ onError: shell.crash, isOver: () => isOver });
    if (isOver) dropJobs();
  };
  return {
    load: (evaluate) => inside(() => shell.load(() => evaluate(refuse, step))),
    receive: (input) => inside(() => shell.receive(ours(input))),
    fire: (timer) => inside(() => fireTimer(timer)),
    stop() {
      isOver = true;
      dropJobs();
    },
  };
}

function refuse(name: string): never {
  throw new Error(
    `Cannot use "${name}" in simulation: a simulated container has only the web's globals, take time, luck and connections from them`,
  );
}

/** What comes from the host is copied: only what is made here is seen here. */
function ours(input: ModuleInput): ModuleInput {
  if ("data" in input) return { ...input, data: new Uint8Array(input.data) };
  if ("names" in input) return { ...input, names: [...input.names] };
  if ("headers" in input) return { ...input, headers: input.headers.map(([name, value]) => [name, value] as const) };
  return input.type === "exec" ? { ...input, command: [...input.command] } : { ...input };
}

function installGlobals(host: ContextHost): void {
  openTimers(host);
  // Frames outside of the image name files of this machine.
  Error.prepareStackTrace = (error, frames) => {
    const own = frames.filter((frame) => frame.getFileName() === "image.js").map((frame) => `\n    at ${frame}`);
    return `${error}${own.join("")}`;
  };
  const random = () => host.random32() / 0x1_0000_0000;
  Object.defineProperty(Math, "random", { value: random, configurable: true, writable: true });
  const globals: Record<string, unknown> = {
    ...timerGlobals,
    ...makeUrl(host),
    ...makeText(host),
    AbortController: SimulatedAbortController,
    AbortSignal: SimulatedAbortSignal,
    ByteLengthQueuingStrategy,
    CountQueuingStrategy,
    DOMException: SimulatedDomException,
    Date: makeDate(() => host.nowMs()),
    Event: SimulatedEvent,
    EventTarget: SimulatedEventTarget,
    Headers: SimulatedHeaders,
    ReadableStream: Readable,
    Request: SimulatedRequest,
    Response: SimulatedResponse,
    TransformStream: Transform,
    WritableStream: Writable,
    crypto: makeCrypto(host),
    performance: { now: () => host.uptimeMs(), timeOrigin: host.nowMs() - host.uptimeMs() },
    structuredClone: (value: unknown) => cloneValue(value),
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
  fixLocale();
  for (const name of withheldGlobals) Reflect.deleteProperty(globalThis, name);
}
