import type { Address, Permissions } from "../../runtime/mod.ts";
import type { Result } from "../kit/result.ts";
import type { Endpoint } from "../network/endpoint.ts";
import type { TerminalSize } from "../network/streams.ts";
import type { ContainerMount } from "./container_mount.ts";
import type { ContainerStats } from "./container_stats.ts";
import type { DnsSettings } from "./dns_settings.ts";
import type { ImageFound, ImageListed, ImageWanted, RegistryLogin } from "./image_messages.ts";
import type { LogLine } from "./log_line.ts";
import type { ImageBehaviour, ImageCatalogue } from "./played_images.ts";
import type { ContainerUser, ProcessSettings } from "./process_settings.ts";
import type { ProcessWish } from "./process_wish.ts";
import type { ResourceLimits } from "./resource_limits.ts";
import type { PodSandboxConfig } from "./sandbox_config.ts";

export type {
  ContainerMount,
  ContainerUser,
  ImageBehaviour,
  ImageCatalogue,
  ImageFound,
  ImageListed,
  ImageWanted,
  LogLine,
  RegistryLogin,
  ResourceLimits,
};

/** A call of the CRI: what is asked, and what is answered when it goes well. */
interface Call<Request extends object, Answer> {
  readonly request: Request;
  readonly answer: Answer;
}

/** What a call is answered with that has nothing to tell. */
type Nothing = undefined;

/**
 * The Container Runtime Interface: the calls of runtime.v1 that a kubelet makes, each under its own name with what it
 * asks and what it is answered. A backend of containers implements this table (`CriBackend`) and no more; one suite of
 * tests holds all of them to it. What makes a sandbox or a container answers with its status, which runtime.v1 has a
 * second call for.
 */
export interface CriCalls {
  /** Who the runtime is: `containerd`, `2.1.4`. */
  readonly Version: Call<object, { readonly runtimeName: string; readonly runtimeVersion: string }>;
  /** Tells the runtime from which range pods of this node get their IPs. */
  readonly UpdateRuntimeConfig: Call<{ readonly podCidr: string }, Nothing>;
  readonly RunPodSandbox: Call<{ readonly pod: PodSandboxConfig }, { readonly sandbox: SandboxStatus }>;
  readonly StopPodSandbox: Call<{ readonly sandbox: string }, Nothing>;
  readonly RemovePodSandbox: Call<{ readonly sandbox: string }, Nothing>;
  /** All sandboxes of this node. */
  readonly ListPodSandbox: Call<object, { readonly sandboxes: readonly SandboxStatus[] }>;
  /** `login` is shown to the registry, if that wants one. */
  readonly PullImage: Call<ImageWanted & { readonly login?: RegistryLogin }, ImageFound>;
  /** Without `image`, the image is not on this node. */
  readonly ImageStatus: Call<ImageWanted, { readonly image?: ImageFound }>;
  /** All images of this node. */
  readonly ListImages: Call<object, { readonly images: readonly ImageListed[] }>;
  /** Removes the image of that id, whatever names it; one that is not there is no error, one that is pinned stays. */
  readonly RemoveImage: Call<{ readonly image: string }, Nothing>;
  /** How much of the disk images take that may be removed. */
  readonly ImageFsInfo: Call<object, { readonly usedBytes: number }>;
  readonly CreateContainer: Call<
    { readonly sandbox: string; readonly container: ContainerConfig },
    { readonly container: ContainerStatus }
  >;
  readonly StartContainer: Call<{ readonly container: string }, { readonly container: ContainerStatus }>;
  /**
   * Sends the stop signal, after `timeoutMs` the kill signal; answered when the container has exited, without
   * `container` when the runtime does not have it.
   */
  readonly StopContainer: Call<
    { readonly container: string; readonly timeoutMs: number },
    { readonly container?: ContainerStatus }
  >;
  /** Changes what a container that runs gets at most; what is not named has no limit. */
  readonly UpdateContainerResources: Call<{ readonly container: string } & ResourceLimits, Nothing>;
  readonly RemoveContainer: Call<{ readonly container: string }, Nothing>;
  /** All containers of this node. */
  readonly ListContainers: Call<object, { readonly containers: readonly ContainerStatus[] }>;
  /** What the containers that run use of the computer. */
  readonly ListContainerStats: Call<object, { readonly stats: readonly ContainerStats[] }>;
  /** Runs a command in a container; answered when it ends, with `DEADLINE_EXCEEDED` when `timeoutMs` is over first. */
  readonly ExecSync: Call<
    {
      readonly container: string;
      readonly command: readonly string[];
      readonly timeoutMs: number;
      /** It is a probe of that kind: a container that is played answers it as its catalogue says. Default: it is none. */
      readonly probe?: ProbeKind | undefined;
    },
    CommandResult
  >;
}

/** The name of a call. */
export type CriName = keyof CriCalls;

/** A call as it is sent: to the computer, and by that to the device `cri`. */
export type CriRequest<Name extends CriName = CriName> = {
  readonly [Each in Name]: { readonly op: Each } & CriCalls[Each]["request"];
}[Name];

/** What comes of a call: its answer, or a failure with a code of gRPC. A pull of an unknown image is `NOT_FOUND`. */
export type CriAnswer<Name extends CriName = CriName> = Result<CriCalls[Name]["answer"], CriFailure>;

/** What a backend of containers implements: for each call of the table, what is done. */
export type CriBackend = {
  readonly [Name in CriName]: (request: CriRequest<Name>, done: (answer: CriAnswer<Name>) => void) => void;
};

/** Why a call failed. */
export interface CriFailure {
  readonly code: CriCode;
  readonly message: string;
}

/** The codes of gRPC with which calls fail; `INVALID_ARGUMENT`: there is no such part of a volume to mount. */
export type CriCode =
  | "NOT_FOUND"
  | "UNAVAILABLE"
  | "UNKNOWN"
  | "ALREADY_EXISTS"
  | "DEADLINE_EXCEEDED"
  | "INVALID_ARGUMENT";

/** What a command wrote, and how it ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What is asked of a computer for the logs of its containers: they are files there, and no call of the CRI reads them.
 * The newest 10 MiB are kept, 100,000 lines at most, also after a container's exit.
 */
export type LogRequest =
  /** The lines that a container has written, from a place in them on, and with `tail` only of the newest so many. */
  | {
      readonly op: "ReadLogs";
      readonly container: string;
      readonly after: number;
      readonly linesMax: number;
      readonly tail?: number;
    }
  /** From now on `log.written` is pushed whenever the container has written; until it has exited, or `isWanted` is false. */
  | { readonly op: "FollowLogs"; readonly container: string; readonly isWanted: boolean };

/** The lines that `ReadLogs` finds; `FollowLogs` finds none. */
export type LogAnswer = Result<readonly LogLine[], CriFailure>;

export interface ContainerConfig extends ResourceLimits, ProcessSettings {
  readonly name: string;
  readonly image: string;
  readonly attempt: number;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its process begins. Default: `/`. */
  readonly workingDir?: string;
  /** Somebody may write to its process: its input does not end. Default: it has none. */
  readonly hasInput?: boolean;
  /** Its input ends when the first who was attached to it writes no more, or leaves. Default false. */
  readonly closesInput?: boolean;
  /** Its process talks to a terminal. Default false. */
  readonly hasTerminal?: boolean;
  /** The rest of its pod waits until it has ended. */
  readonly isAwaited?: boolean;
  /** The file in which its process may leave a last word. Default: `/dev/termination-log`. */
  readonly terminationMessagePath?: string;
  /** Names that its pod gives to addresses. Default: none. */
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  /** How its pod finds names. Default: as the cluster does. */
  readonly dns?: DnsSettings;
  /** Nothing can be written but to what is mounted. Default false. */
  readonly hasReadOnlyRoot?: boolean;
  /** Settings of the kernel that its pod has of its own, by names with dots or slashes. Default: none. */
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
  /** Default: none. */
  readonly mounts?: readonly ContainerMount[];
  /** Devices that it is given, as files in the node's `/var/run/cdi` describe them: `vendor.com/class=name`. Default: none. */
  readonly cdiDevices?: readonly string[];
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
  /** The IP that leads; empty where it is in the node's network. */
  readonly ip: string;
  /** Its IP of the other family. Default: it has none. */
  readonly additionalIps?: readonly string[];
  readonly createdAtMs: number;
}

/** All IPs of a sandbox, the one that leads first; none where it is in the node's network. */
export function ipsOf({ ip, additionalIps = [] }: Pick<SandboxStatus, "ip" | "additionalIps">): readonly string[] {
  return ip === "" ? [] : [ip, ...additionalIps];
}

export interface ContainerStatus {
  readonly container: string;
  readonly sandbox: string;
  readonly name: string;
  /** The full name: `docker.io/library/nginx:latest`. */
  readonly image: string;
  readonly imageRef: string;
  /** The image as its pod named it when this was made. Absent: who made it did not note that. */
  readonly specImage?: string;
  readonly attempt: number;
  /** Absent: its image's processes are nobody's, or the runtime does not tell. */
  readonly user?: ContainerUser;
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED";
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly exitCode?: number;
  /** Completed, Error, OOMKilled, ... */
  readonly reason?: string;
  /** The last word that its process left, or why nothing could be run. */
  readonly message?: string;
}

/** What the runtime tells by itself, as runtime.v1 does by `GetContainerEvents`: a container has exited. */
export interface CriPush {
  readonly type: "cri.exited";
  readonly container: ContainerStatus;
}

/** What a container has at most in memory of which nothing more is told. */
export const memorySmallBytes = 8 * 1024 * 1024;

/** A container has, or will have, more in memory than `memorySmallBytes`: as the kernel tells a kubelet of it. */
export interface MemoryPush {
  readonly type: "memory.taken";
  readonly container: string;
}

/** A container that is followed has written. */
export interface LogPush {
  readonly type: "log.written";
  readonly container: string;
}

/** The three things that are asked of a container again and again. */
export type ProbeKind = "startup" | "readiness" | "liveness";

/**
 * What a computer asks of the device before it carries a probe out over its network: a container that is played has no
 * network that answers, and says itself what the probe finds at this moment.
 */
export interface ProbePlayed {
  readonly op: "ProbePlayed";
  readonly container: string;
  readonly kind: ProbeKind;
}

/** The answer to `ProbePlayed`; without `found`, real code runs there, and the probe has to be made. */
export interface ProbePlayedAnswer {
  readonly ok: true;
  readonly found?: boolean;
}

/** Which computer has a sandbox with an address that is in no node's range: those of real sandboxes are given by others. */
export interface FindAddress {
  readonly op: "FindAddress";
  readonly ip: string;
}

/** The answer to `FindAddress`; without `computer`, none of the cluster's has it. */
export interface AddressAnswer {
  readonly ok: true;
  readonly computer?: Address;
}

/**
 * What the computer that carries connections asks of the device `cri` beside the CRI: the sockets of its processes. A
 * socket that comes in has a positive number, given by the computer; one that a process opens has a negative number,
 * given by the device; no number is used twice in a life of the computer. Data is bytes, a character each (latin1).
 * Answered with a `SocketAnswer`.
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
      /** Which probe of which container it is. Default: none. */
      readonly probe?: Pick<ProbePlayed, "container" | "kind">;
    };

/** A process of the node itself (the kubelet's prober) asks a server for its health by gRPC; answered with a `HostDialAnswer`. */
export interface HostGrpc {
  readonly op: "HostGrpc";
  readonly ip: string;
  readonly port: number;
  readonly service: string;
  readonly timeoutMs: number;
}

/**
 * What comes of what is asked about sockets; `takenBytes` of `SocketData` the process has taken already, which spares a
 * `socket.taken`.
 */
export type SocketAnswer = Result<{ readonly takenBytes?: number }, CriFailure>;

/**
 * What the computer asks of the device `cri` for the streams of processes: what containerd's streaming server does for a
 * kubelet. The computer numbers the streams, each number once in a life. Data is bytes, a character each (latin1).
 */
export type ProcessRequest =
  /** Runs a command in a container, or attaches to its own process; answered with a `ProcessAnswer` when that stands. */
  | ({ readonly op: "ProcessOpen"; readonly stream: number; readonly container: string } & ProcessWish)
  /** Bytes for its input; with `end` there are no more. */
  | { readonly op: "ProcessInput"; readonly stream: number; readonly data: string; readonly end: boolean }
  /** So many bytes of what it wrote have been taken. */
  | { readonly op: "ProcessTaken"; readonly stream: number; readonly bytes: number }
  /** Its terminal has another size. */
  | ({ readonly op: "ProcessResize"; readonly stream: number } & TerminalSize)
  /** Nobody is there any more: a command is ended, who was attached is not. */
  | { readonly op: "ProcessLeave"; readonly stream: number };

/** What comes of what is asked about streams of processes. */
export type ProcessAnswer = Result<undefined, CriFailure>;

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
