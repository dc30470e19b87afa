import type { TerminalSize } from "../network/streams.ts";
import type { Usage } from "./container_usage.ts";
import type { ContainerConfig, CriAnswer, LogLine, ProbeKind, RegistryLogin } from "./messages.ts";
import type { ImageInside, WithInside } from "./played/image_inside.ts";
import type { Folder } from "./played/unix/files/file_node.ts";
import type { ContainerUser } from "./process_settings.ts";
import type { ProcessWish } from "./process_wish.ts";
import type { Container } from "./runtime_node.ts";

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number;
  /** Completed, Error, OOMKilled. */
  readonly reason: string;
  /** The last word that it left, if any. */
  readonly message?: string;
}

/** Who is told what a process does by itself. */
export interface ProcessWatcher {
  /** Once, whoever ended it. */
  exited(exit: ProcessExit): void;
  wrote(stream: LogLine["stream"], text: string): void;
}

/** A command to run in a container. */
export interface ExecOptions {
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** It is a probe of that kind. Default: it is none. */
  readonly probe?: ProbeKind | undefined;
}

/** The other end of a process's streams, as the process sees it. */
export interface StreamClient {
  /** How many bytes may be written now. */
  room(): number;
  write(channel: "stdout" | "stderr", bytes: string): void;
  /** So many bytes of the input have been taken. */
  took(bytes: number): void;
  /** All is said: nothing is written behind it. */
  close(end: { readonly exitCode?: number; readonly error?: string }): void;
}

/** A process's end of streams, as the other end sees it. */
export interface StreamServer {
  /** Bytes for its input; each is `took` some time, unless it ends before. */
  input(bytes: string): void;
  /** The input has no more. */
  end(): void;
  /** There is room again. */
  roomAgain(): void;
  /** The terminal has another size. Default: nobody wants to know. */
  resize?(size: TerminalSize): void;
  /** The other end is gone, and hears nothing any more. */
  leave(): void;
}

/** An image as a node has it, and what its containers do. */
export interface ContainerImage {
  /** `docker.io/library/nginx:latest`. */
  readonly full: string;
  /** `docker.io/library/nginx@sha256:...`. */
  readonly ref: string;
  readonly sizeBytes: number;
  /** Who its processes run as. Default: that is not known. */
  readonly uid?: number;
  /** Who the first process of a container is. Default: nobody, it is no process. */
  userOf?(config: ContainerConfig): ContainerUser;
  /** What is inside, where it was pulled with all its files. Default: what is known by its name. */
  readonly inside?: ImageInside;
  /** Why no process of a container can be started, as a runtime says it. Default: nothing is in the way. */
  startProblem?(config: WithInside<ContainerConfig>): string | undefined;
  /** What is in it, which nobody changes, for who mounts it as a volume. Absent: nobody knows. */
  files?(): Folder | undefined;
  /** What a probe of a container finds at this moment; without it or an answer, probes have to be carried out: real code runs. */
  probe?(container: Container, kind: ProbeKind): boolean | undefined;
  /** Somebody is about to read a container's log: what it has to write by now is written. */
  catchUp?(container: Container): void;
  /** What a container that runs has used until now. */
  usage?(container: Container): Usage;
  /** What its processes may have of memory is settled when they start. Default: it may change while they run. */
  readonly hasFixedMemory?: boolean;
  /** How long a container takes from its start until it runs. */
  startMs(config: ContainerConfig): number;
  /** Starts the process of a container that runs from now on; what it does is told only later. */
  start(container: Container): void;
  /** Sends the stop signal, and after `timeoutMs` the kill signal. */
  stop(container: Container, timeoutMs: number): void;
  /** Ends the process now; nothing more is told of it, its exit neither. */
  destroy(container: Container): void;
  exec(container: Container, options: ExecOptions, done: (answer: CriAnswer<"ExecSync">) => void): void;
  /** Attaches to the process of a container that runs, or runs a command beside it; the client is told later. */
  connect(container: Container, wish: ProcessWish, client: StreamClient): StreamServer;
}

/** What a pull finds. */
export type PulledImage =
  | { readonly ok: true; readonly image: ContainerImage; readonly pullMs: number }
  | { readonly ok: false; readonly code: "NOT_FOUND" | "UNKNOWN"; readonly message: string; readonly pullMs: number };

/** What is pulled, and as whom. */
export interface PullWanted {
  readonly image: string;
  readonly login?: RegistryLogin | undefined;
}

/** Where the images of a node come from. */
export interface ImageSource {
  /** Looks for an image; `undefined` when this source does not speak for such images. */
  pull(wanted: PullWanted, done: (pulled: PulledImage | undefined) => void): void;
}
