import type { ContainerConfig, CriAnswer, LogLine, PodSandboxConfig } from "./messages.ts";

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number;
  /** Completed, Error, OOMKilled. */
  readonly reason: string;
}

/** Who is told what a process does by itself. */
export interface ProcessWatcher {
  /** Once, whoever ended it. */
  exited(exit: ProcessExit): void;
  wrote(stream: LogLine["stream"], text: string): void;
  becameReady(ready: boolean): void;
  becameUnhealthy(): void;
}

/** What a process is started with. */
export interface ProcessStart {
  readonly config: ContainerConfig;
  readonly pod: PodSandboxConfig;
  readonly sandbox: string;
  readonly watcher: ProcessWatcher;
}

/** What runs in a container: played behaviour, or real code. */
export interface ContainerProcess {
  /** Sends the stop signal, and after `timeoutMs` the kill signal. */
  stop(timeoutMs: number): void;
  /** Ends it now; nothing more is told, its exit neither. */
  destroy(): void;
  exec(command: readonly string[], timeoutMs: number, done: (answer: CriAnswer) => void): void;
}

/** An image as a node has it. */
export interface ContainerImage {
  /** `docker.io/library/nginx:latest`. */
  readonly full: string;
  /** `docker.io/library/nginx@sha256:...`. */
  readonly ref: string;
  readonly sizeBytes: number;
  /** Whether its containers have to be probed: nobody can tell beforehand what they will answer. */
  readonly isProbed: boolean;
  /** How long a container takes from its start until it runs. */
  startMs(config: ContainerConfig): number;
  /** What a probe would find of a container that has just begun to run. */
  isReadyAtOnce(config: ContainerConfig): boolean;
  /** Starts a process; the watcher hears of it only later. */
  start(start: ProcessStart): ContainerProcess;
}

/** What a pull finds. */
export type PulledImage =
  | { readonly ok: true; readonly image: ContainerImage; readonly pullMs: number }
  | { readonly ok: false; readonly code: "NOT_FOUND" | "UNKNOWN"; readonly message: string; readonly pullMs: number };

/** Where the images of a node come from. */
export interface ImageSource {
  /** Looks for an image; `undefined` when this source does not speak for such images. */
  pull(image: string, done: (pulled: PulledImage | undefined) => void): void;
}
