/** The files of a container: what its pod mounts, as played containers see it, and files of its own that end with it. */
export interface ImageFiles {
  /** @throws Error whose `code` is the system's: `ENOENT` where there is no such file */
  readText(path: string): Promise<string>;
  /** Puts a text in a file's place; folders on the way to it are made. */
  writeText(path: string, text: string): Promise<void>;
  /** The names in a folder. */
  list(path: string): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

/**
 * What a container of a module image knows of itself: what its pod says, and the ways out.
 *
 * The globals around it are the web's: `fetch` (the same as `env.fetch`), `Request`, `Response`, `Headers`, streams,
 * `URL`, `TextEncoder`, `AbortController`, timers, `crypto`, `Date`, `console` and the rest of `webGlobals`. In
 * simulation the same globals are there, and tell the simulation's time and luck.
 */
export interface ImageEnv {
  /** The environment variables that the pod sets. */
  readonly vars: Readonly<Record<string, string>>;
  /** The container's `args`. */
  readonly args: readonly string[];
  /** The pod's host name. */
  readonly hostname: string;
  readonly files: ImageFiles;
  /**
   * Reaches other services by name, with the pod's address. `https:` is judged by the authorities in the file that the
   * variable `NODE_EXTRA_CA_CERTS` names, or else by those that the pod's account has for the cluster's own API.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Writes a line to stdout; `console.error` writes to stderr. */
  log(...values: readonly unknown[]): void;
  /** Ends the container at once with this code. Default 0. */
  exit(code?: number): never;
}

/** What a command that was executed in the container gave. */
export interface ExecResult {
  /** Default 0. */
  readonly exitCode?: number;
  /** Default nothing. */
  readonly stdout?: string;
  /** Default nothing. */
  readonly stderr?: string;
}

/** The hooks that every image may have; each may wait. */
export interface ImageHooks {
  /**
   * Called once, first. The container accepts connections from the moment it settles. A number ends the container with
   * that code: a job is a `start` that returns 0. When it throws, the container exits with 1.
   */
  start?(env: ImageEnv): number | undefined | Promise<number | undefined> | void | Promise<void>;
  /**
   * Called for a signal such as `SIGTERM`. A number ends the container with that code, nothing lets it run on until it
   * calls `env.exit` or is killed. Without this hook a signal ends the container at once with 128 and its number.
   */
  signal?(name: string, env: ImageEnv): number | undefined | Promise<number | undefined> | void | Promise<void>;
  /** Carries out `kubectl exec` and exec probes: a text is its stdout, a number its exit code. */
  exec?(
    command: readonly string[],
    env: ImageEnv,
  ): ExecResult | string | number | Promise<ExecResult | string | number>;
}

/**
 * An image that is a TypeScript module: its default export has a `fetch` handler, or a `start` hook if it is a job.
 *
 * @example
 * import type { ImageModule } from "../../actors/cri/modules/image_module.ts";
 *
 * let isClosing = false;
 *
 * export default {
 *   async fetch(request, env) {
 *     if (new URL(request.url).pathname === "/ready") return new Response("", { status: isClosing ? 503 : 200 });
 *     const prices = await env.fetch("http://catalogue/prices");
 *     return Response.json({ from: env.hostname, prices: await prices.json() });
 *   },
 *   async signal(name) {
 *     if (name !== "SIGTERM") return;
 *     isClosing = true;
 *     await new Promise((resolve) => setTimeout(resolve, 2_000));
 *     return 0;
 *   },
 * } satisfies ImageModule;
 */
export type ImageModule = ImageHooks &
  (
    | { fetch(request: Request, env: ImageEnv): Response | Promise<Response> }
    | { start(env: ImageEnv): number | undefined | Promise<number | undefined> | void | Promise<void> }
  );

/** The globals that a module sees beside the language's own, the same in a worker and in simulation. */
export const webGlobals = [
  "AbortController",
  "AbortSignal",
  "ByteLengthQueuingStrategy",
  "CountQueuingStrategy",
  "DOMException",
  "Event",
  "EventTarget",
  "Headers",
  "ReadableStream",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "URL",
  "URLSearchParams",
  "WritableStream",
  "atob",
  "btoa",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "performance",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
  "structuredClone",
] as const;

/** Globals of the language that differ between computers, or make promises that no simulation could order. */
export const withheldGlobals = [
  "Atomics",
  "FinalizationRegistry",
  "SharedArrayBuffer",
  "WeakRef",
  "WebAssembly",
] as const;
