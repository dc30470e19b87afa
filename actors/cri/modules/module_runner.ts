import type { Permissions } from "../../../runtime/core/permissions.ts";
import type { ImageBundle } from "./image_bundle.ts";

/** A header as it goes over the wire; a name may come twice. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * What a container is told. Bodies come in chunks: whoever sends one may have `chunksUnderWayMax` on the way and goes
 * on when a `taken` for that body says that one was read, as TCP's window does.
 */
export type ModuleInput =
  /** A request has come; ids are the caller's and never used twice in one container. `url` is absolute. */
  | {
      readonly type: "request";
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly HeaderPair[];
      /** Whether chunks and an end follow. */
      readonly hasBody: boolean;
    }
  | { readonly type: "request.chunk"; readonly id: number; readonly data: Uint8Array }
  | { readonly type: "request.end"; readonly id: number }
  /** The client writes no more, and may be gone: the request's signal aborts, but a response still goes out. */
  | { readonly type: "request.gone"; readonly id: number }
  /** The client is gone: the request's signal aborts, its response is of no use any more. */
  | { readonly type: "request.abort"; readonly id: number }
  /** A chunk of the response was taken: the next may follow. */
  | { readonly type: "response.taken"; readonly id: number }
  /** The answer to a fetch of the module. */
  | {
      readonly type: "fetch.head";
      readonly id: number;
      readonly status: number;
      readonly headers: readonly HeaderPair[];
    }
  | { readonly type: "fetch.chunk"; readonly id: number; readonly data: Uint8Array }
  | { readonly type: "fetch.end"; readonly id: number }
  /** The connection could not be made, or broke: `message` is what the module's error is caused by. */
  | { readonly type: "fetch.failed"; readonly id: number; readonly message: string }
  /** A chunk of the fetch's body was taken. */
  | { readonly type: "fetch.taken"; readonly id: number }
  /** What was asked of a file is done: `data` of one that was read, `names` of a folder. */
  | { readonly type: "file.done"; readonly id: number; readonly data?: Uint8Array; readonly names?: readonly string[] }
  /** It cannot be: `code` is the system's (`ENOENT`). */
  | { readonly type: "file.failed"; readonly id: number; readonly code: string; readonly path: string }
  | { readonly type: "signal"; readonly name: string }
  | { readonly type: "exec"; readonly id: number; readonly command: readonly string[] };

/** What a container tells. After `exit` it tells nothing more. */
export type ModuleOutput =
  /** Its start hook has settled: from now on requests are accepted. Jobs never listen. */
  | { readonly type: "listening" }
  | {
      readonly type: "response.head";
      readonly id: number;
      readonly status: number;
      readonly headers: readonly HeaderPair[];
    }
  | { readonly type: "response.chunk"; readonly id: number; readonly data: Uint8Array }
  | { readonly type: "response.end"; readonly id: number }
  /** No response comes (`refused`: nobody listens), or it broke off: reset the connection. */
  | { readonly type: "response.failed"; readonly id: number; readonly reason: "refused" | "broken" }
  /** The module has read a chunk of the request's body. */
  | { readonly type: "request.taken"; readonly id: number }
  /** The module fetches; ids count from 1. */
  | {
      readonly type: "fetch";
      readonly id: number;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly HeaderPair[];
      readonly hasBody: boolean;
    }
  | { readonly type: "fetch.body"; readonly id: number; readonly data: Uint8Array }
  | { readonly type: "fetch.body.end"; readonly id: number }
  /** The module has read a chunk of the answer. */
  | { readonly type: "fetch.answer.taken"; readonly id: number }
  /** The module does not want the answer any more. */
  | { readonly type: "fetch.abort"; readonly id: number }
  /** The module wants something of its container's files; ids count from 1. */
  | { readonly type: "file.read" | "file.list" | "file.remove"; readonly id: number; readonly path: string }
  | { readonly type: "file.write"; readonly id: number; readonly path: string; readonly data: Uint8Array }
  /** Now and then: how much memory its objects take. */
  | { readonly type: "usage"; readonly memoryBytes: number }
  | { readonly type: "log"; readonly stream: "stdout" | "stderr"; readonly line: string }
  | {
      readonly type: "exec.end";
      readonly id: number;
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Only simulation can tell: it loops without end. As in reality it answers nothing more until it is killed. */
  | { readonly type: "hung" }
  | { readonly type: "exit"; readonly code: number; readonly reason: "Completed" | "Error" | "OOMKilled" };

/** How many chunks of one body may be under way. */
export const chunksUnderWayMax = 16;

/** What a container is started with. */
export interface ModuleStart {
  readonly image: ImageBundle;
  readonly vars: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly hostname: string;
  /** How the container is called in refusals: `namespace/pod/container`. */
  readonly name: string;
  /** What Node's own modules the image may import; simulation grants none. Default: none. */
  readonly permissions?: Permissions;
  /** Past it a worker ends as `OOMKilled`; simulation counts no memory. Default: no limit. */
  readonly memoryLimitBytes?: number;
}

/** A container that runs a module. */
export interface RunningModule {
  /** Tells it something; ignored after its exit. */
  tell(input: ModuleInput): void;
  /** Milliseconds of one processor that it has used: as a thread, for as long as its event loop was busy. */
  cpuMs(): number;
  /** Ends it whatever it does, also in an endless loop: `exit` comes with 137. */
  kill(): void;
  /** The host goes away: it is ended, and nothing more is told. */
  dispose(): void;
}

/**
 * Runs containers whose image is a TypeScript module. `workerRunner()` starts a worker thread for each,
 * `simulatedRunner(world)` plays it in virtual time; both pass one conformance suite.
 *
 * How a backend of the `cri` device calls it:
 *
 * - `PullImage`, `ImageStatus`: `ModuleCatalogue.find(reference)`; a refusal's `code` and `message` are the answer's.
 * - `StartContainer`: `runner.start({ image, vars, args, hostname, name }, onOutput)`, then answer: a container runs
 *   from here on. `exit` is pushed as `cri.exited` with its code and reason, always once, also after `kill()`. A module
 *   that throws while it loads writes its error to stderr and exits with 1.
 * - `StopContainer`: `tell({ type: "signal", name: "SIGTERM" })`, after the grace period `kill()`, answer at `exit`.
 * - `ExecSync`, exec probes: `tell({ type: "exec", id, command })`; answer at `exec.end`, or after the deadline.
 * - TCP probes and connections: refused before `listening`, open afterwards until `exit`.
 * - HTTP probes and traffic: one `request` with chunks; the response comes as head, chunks, end. A connection that
 *   breaks is `request.abort`, one on which the client writes no more is `request.gone`, and broken off when nothing
 *   is answered; `response.failed` breaks the connection. Answer `response.taken` for each chunk as the
 *   connection carries it on (in simulation: in a later moment, or a stream without end would never let time pass).
 * - `fetch` is an outgoing connection: resolve the name, connect through the pod's network, send method, headers and
 *   `fetch.body` chunks; answer `fetch.head`, `fetch.chunk`, `fetch.end`, or `fetch.failed` with words such as
 *   `connect ECONNREFUSED 10.0.0.1:80`; tell `fetch.taken` for each body chunk.
 * - `file.*` are about the container's files, what its pod mounts among them: answer `file.done` or `file.failed`.
 * - `log` lines are what `kubectl logs` shows. At `exit` all open connections break.
 *
 * In simulation `tell` runs the module until nothing is left to do at this moment, and `onOutput` is called before
 * `tell` returns, in the order things happened; what `onOutput` tells in turn is done after it.
 */
export interface ModuleRunner {
  start(start: ModuleStart, onOutput: (output: ModuleOutput) => void): RunningModule;
}
