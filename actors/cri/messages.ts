import type { Permissions } from "../../runtime/mod.ts";
import type { Endpoint } from "../network/endpoint.ts";

/**
 * The Container Runtime Interface as device requests: the words are CRI's (runtime.v1), one device request for each
 * call that a kubelet makes. The device's name is `cri`.
 */
export type CriRequest =
  | { readonly op: "RunPodSandbox"; readonly pod: PodSandboxConfig }
  | { readonly op: "StopPodSandbox"; readonly sandbox: string }
  | { readonly op: "RemovePodSandbox"; readonly sandbox: string }
  | { readonly op: "PullImage"; readonly image: string }
  /** Answered with `imageRef` when the image is on this node, without when it is not. */
  | { readonly op: "ImageStatus"; readonly image: string }
  | { readonly op: "CreateContainer"; readonly sandbox: string; readonly container: ContainerConfig }
  | { readonly op: "StartContainer"; readonly container: string }
  /** Sends the stop signal, after `timeoutMs` the kill signal; answered when the container has exited. */
  | { readonly op: "StopContainer"; readonly container: string; readonly timeoutMs: number }
  | { readonly op: "RemoveContainer"; readonly container: string }
  /** Runs a command in a container and answers with its `exitCode` when it ends or `timeoutMs` is over. */
  | {
      readonly op: "ExecSync";
      readonly container: string;
      readonly command: readonly string[];
      readonly timeoutMs: number;
    }
  /**
   * The lines that a container has written, from a place in them on, and with `tail` only of the newest so many. The
   * newest 10 MiB are kept, 100,000 lines at most, also after its exit.
   */
  | {
      readonly op: "ReadLogs";
      readonly container: string;
      readonly after: number;
      readonly linesMax: number;
      readonly tail?: number;
    }
  /** From now on `cri.logged` is pushed whenever the container has written; until it has exited, or `isWanted` is false. */
  | { readonly op: "FollowLogs"; readonly container: string; readonly isWanted: boolean }
  /** All sandboxes and containers of this node: what a kubelet that restarted reads first. */
  | { readonly op: "ListContainers" }
  /** Tells the runtime from which range pods of this node get their IPs. */
  | { readonly op: "UpdateRuntimeConfig"; readonly podCidr: string }
  | { readonly op: "Status" };

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  /** The pod shares the node's network: its sandbox has no IP of its own. */
  readonly hostNetwork?: boolean;
}

export interface ContainerConfig {
  readonly name: string;
  readonly image: string;
  readonly attempt: number;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly memoryLimitBytes?: number;
  /** Where its process begins. Default: `/`. */
  readonly workingDir?: string;
  /** Who its process runs as. Default: root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Somebody may write to its process: its input does not end. Default: it has none. */
  readonly hasInput?: boolean;
  /** Its input ends when the first who was attached to it writes no more, or leaves. Default false. */
  readonly closesInput?: boolean;
  /** Its process talks to a terminal. Default false. */
  readonly hasTerminal?: boolean;
  /** The rest of its pod waits until it has ended. */
  readonly isAwaited?: boolean;
  /** Some of its probes are commands: whether those can be run is told in its status. */
  readonly hasCommandProbes?: boolean;
  /** The file in which its process may leave a last word. Default: `/dev/termination-log`. */
  readonly terminationMessagePath?: string;
  /** The ports that its spec names: `PORT` of a module that asks for none. */
  readonly ports?: readonly number[];
  /** What Node's own modules its image may import, and for what: what its pod grants. Default: none. */
  readonly permissions?: Permissions;
}

/** The annotation by which a pod grants permissions to its containers, as JSON; with `.NAME` behind it, to one. */
export const permissionsAnnotation = "kubetroupe.dev/permissions";

/** A pod's sandbox. All times of the runtime are the host's uptime (`step.uptimeMs`): no clock fault moves them. */
export interface SandboxStatus {
  readonly sandbox: string;
  readonly pod: PodSandboxConfig;
  readonly ready: boolean;
  readonly ip: string;
  readonly createdAtMs: number;
}

export interface ContainerStatus {
  readonly container: string;
  readonly sandbox: string;
  readonly name: string;
  /** The full name: `docker.io/library/nginx:latest`. */
  readonly image: string;
  readonly imageRef: string;
  readonly attempt: number;
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED";
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode?: number;
  /** Completed, Error, OOMKilled, ... */
  readonly reason?: string;
  /** The last word that its process left, or why nothing could be run. */
  readonly message?: string;
  /** What a readiness probe would find. Default false. */
  readonly ready?: boolean;
  /** What a liveness probe would find. Default true. */
  readonly healthy?: boolean;
  /** Its probes have to be carried out: real code runs in it, and no runtime foretells what that will answer. */
  readonly isProbed?: boolean;
  /** Commands that are run in it do what they say: probes that are commands have to be carried out. */
  readonly runsCommands?: boolean;
}

/** A line that a container wrote. */
export interface LogLine {
  /** Counts from 1 in each container: `ReadLogs` goes on after it. */
  readonly number: number;
  /** The host's uptime. */
  readonly atMs: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** Operating errors are values, with gRPC's codes: a pull of an unknown image is `NOT_FOUND`. */
export type CriAnswer =
  | {
      readonly ok: true;
      readonly sandbox?: SandboxStatus;
      readonly container?: ContainerStatus;
      readonly imageRef?: string;
      readonly imageSizeBytes?: number;
      readonly sandboxes?: readonly SandboxStatus[];
      readonly containers?: readonly ContainerStatus[];
      readonly exitCode?: number;
      /** What a command wrote: the answer to `ExecSync`. */
      readonly stdout?: string;
      readonly stderr?: string;
      /** The program that was asked for and that the runtime cannot play: what it would have found nobody knows. */
      readonly unknownProgram?: string;
      readonly lines?: readonly LogLine[];
      /** The answer to `SocketData`: the process has taken so many bytes already, which spares a `socket.taken`. */
      readonly takenBytes?: number;
      /** The answer to `Status`: name and version, as `containerd://2.1.4`. */
      readonly runtime?: string;
    }
  | {
      readonly ok: false;
      readonly code: "NOT_FOUND" | "UNAVAILABLE" | "UNKNOWN" | "ALREADY_EXISTS";
      readonly message: string;
    };

/** What the device pushes: a container changed by itself (it exited, or what its probes would find did). */
export type CriPush =
  | { readonly type: "cri.exited"; readonly container: ContainerStatus }
  | { readonly type: "cri.logged"; readonly container: string }
  | { readonly type: "cri.ready"; readonly container: string; readonly ready: boolean }
  | { readonly type: "cri.healthy"; readonly container: string; readonly healthy: boolean };

/** How an image of the simulated runtime behaves. Times are virtual milliseconds. */
export interface ImageBehaviour {
  /** Default 0. */
  readonly pullMs?: number;
  /** From start to running. Default 0. */
  readonly startMs?: number;
  /** From running to ready, for pods with a readiness or startup probe. Default 0. */
  readonly readyMs?: number;
  /** Is not ready any more so long after it began to run. Default: never. */
  readonly unreadyAfterMs?: number;
  /** Fails its liveness probe so long after it began to run. Default: never. */
  readonly unhealthyAfterMs?: number;
  /** Exits by itself after this long. Default: never. */
  readonly exitAfterMs?: number;
  /** Default 0. */
  readonly exitCode?: number;
  /** Exits by itself, or fails, only in its first so many attempts; later ones run on. Default: in all. */
  readonly attemptsMax?: number;
  /** How long it takes to end after the stop signal. Default 0. */
  readonly stopMs?: number;
  /** The exit code when it ends after the stop signal in time. Default 0. */
  readonly stopExitCode?: number;
  /** Its memory grows so fast; at its limit it is killed as OOMKilled with 137. Default 0. */
  readonly memoryBytesPerSecond?: number;
  /** Pulls fail. */
  readonly missing?: boolean;
  readonly sizeBytes?: number;
}

/**
 * The input of the simulated runtime's device: images that are not listed behave by default. A key is an image as
 * pods name it (`nginx:1.27`), or without its tag for all tags.
 */
export interface ImageCatalogue {
  readonly images: Readonly<Record<string, ImageBehaviour>>;
}

/**
 * What the computer that carries connections asks of the device `cri` beside the CRI: the sockets of its processes. A
 * socket that comes in has a positive number, given by the computer; one that a process opens has a negative number,
 * given by the device; no number is used twice in a life of the computer. Data is bytes, a character each (latin1).
 * Answered with a `CriAnswer`.
 */
export type SocketRequest =
  /** A connection has come for a port of a sandbox (its `lo` too), or, without `sandbox`, for one of the node's own
   * network. `ok` when a process listens there; `UNAVAILABLE` refuses it. */
  | {
      readonly op: "SocketAccept";
      readonly socket: number;
      readonly sandbox?: string;
      readonly port: number;
      readonly from: Endpoint;
    }
  /** The connection that a process wanted stands; `to` is where it led. */
  | { readonly op: "SocketConnected"; readonly socket: number; readonly to: Endpoint }
  /** It could not be made: `message` is the cause that the process sees: `connect ECONNREFUSED 10.96.0.7:80`. */
  | { readonly op: "SocketFailed"; readonly socket: number; readonly code: SocketErrorCode; readonly message: string }
  /** Bytes from the other end; with `end` it writes no more. */
  | { readonly op: "SocketData"; readonly socket: number; readonly data: string; readonly end: boolean }
  /** The other end has taken so many bytes of what the process wrote. */
  | { readonly op: "SocketTaken"; readonly socket: number; readonly bytes: number }
  /** The connection broke. */
  | { readonly op: "SocketReset"; readonly socket: number }
  /** A process of the node itself (the kubelet's prober) makes an HTTP request; answered when it is over. */
  | {
      readonly op: "HostHttp";
      readonly url: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly timeoutMs: number;
    };

/**
 * What the computer asks of the device `cri` for the streams of processes: what containerd's streaming server does for a
 * kubelet. The computer numbers the streams, each number once in a life. Data is bytes, a character each (latin1).
 */
export type ProcessRequest =
  /** Runs a command in a container, or attaches to its own process; answered with a `CriAnswer` when that stands. */
  | ({ readonly op: "ProcessOpen"; readonly stream: number; readonly container: string } & ProcessWish)
  /** Bytes for its input; with `end` there are no more. */
  | { readonly op: "ProcessInput"; readonly stream: number; readonly data: string; readonly end: boolean }
  /** So many bytes of what it wrote have been taken. */
  | { readonly op: "ProcessTaken"; readonly stream: number; readonly bytes: number }
  /** Nobody is there any more: a command is ended, who was attached is not. */
  | { readonly op: "ProcessLeave"; readonly stream: number };

/** What somebody wants of a container's processes. */
export interface ProcessWish {
  /** Without one, the container's own process is meant. */
  readonly command?: readonly string[];
  /** Somebody writes to its input; else that is empty. */
  readonly hasInput: boolean;
  /** A command talks to a terminal of its own. */
  readonly hasTerminal: boolean;
}

/** What the device pushes to the computer about streams of processes. */
export type ProcessPush =
  /** Bytes that were written; no more than `streamWindow` are under way. */
  | {
      readonly type: "process.output";
      readonly stream: number;
      readonly channel: "stdout" | "stderr";
      readonly data: string;
    }
  /** So many bytes of the input have been taken. */
  | { readonly type: "process.taken"; readonly stream: number; readonly bytes: number }
  /** It is over: with an exit code when it ended, with an error when it broke. */
  | { readonly type: "process.closed"; readonly stream: number; readonly exitCode?: number; readonly error?: string };

/** Why a connection cannot be made, as Node says it. */
export type SocketErrorCode = "ECONNREFUSED" | "ETIMEDOUT" | "EHOSTUNREACH" | "ENOTFOUND" | "EAI_AGAIN";

/** What the device pushes to the computer about sockets of its processes. */
export type SocketPush =
  /** A process wants to connect; without `sandbox` it is one of the node's own network. `host` is a name or an IP. */
  | {
      readonly type: "socket.connect";
      readonly socket: number;
      readonly sandbox?: string;
      readonly host: string;
      readonly port: number;
    }
  /** Bytes that a process wrote; with `end` it writes no more. */
  | { readonly type: "socket.data"; readonly socket: number; readonly data: string; readonly end: boolean }
  /** A process has taken so many bytes. */
  | { readonly type: "socket.taken"; readonly socket: number; readonly bytes: number }
  /** A process broke the connection, or has exited. */
  | { readonly type: "socket.reset"; readonly socket: number };

/** The answer to `HostHttp`. */
export type HostHttpAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string; readonly location?: string }
  /** `message` is Go's, as a kubelet tells it: `dial tcp 10.244.0.5:80: connect: connection refused`. */
  | { readonly ok: false; readonly message: string };
