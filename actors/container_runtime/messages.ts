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
}

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
  /** What a readiness probe would find. Default false. */
  readonly ready?: boolean;
  /** What a liveness probe would find. Default true. */
  readonly healthy?: boolean;
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
