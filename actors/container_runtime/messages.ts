/**
 * The Container Runtime Interface as device requests: the words are CRI's (runtime.v1), one device request for each
 * call that a kubelet makes. The device's name is `cri`.
 */
export type CriRequest =
  | { readonly op: "RunPodSandbox"; readonly pod: PodSandboxConfig }
  | { readonly op: "StopPodSandbox"; readonly sandbox: string }
  | { readonly op: "RemovePodSandbox"; readonly sandbox: string }
  | { readonly op: "PullImage"; readonly image: string }
  | { readonly op: "ImageStatus"; readonly image: string }
  | { readonly op: "CreateContainer"; readonly sandbox: string; readonly container: ContainerConfig }
  | { readonly op: "StartContainer"; readonly container: string }
  /** Sends the stop signal, after `timeoutMs` the kill signal; answered when the container has exited. */
  | { readonly op: "StopContainer"; readonly container: string; readonly timeoutMs: number }
  | { readonly op: "RemoveContainer"; readonly container: string }
  /** All sandboxes and containers of this node: what a kubelet that restarted reads first. */
  | { readonly op: "ListContainers" }
  | { readonly op: "Status" };

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
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
    }
  | {
      readonly ok: false;
      readonly code: "NOT_FOUND" | "UNAVAILABLE" | "UNKNOWN" | "ALREADY_EXISTS";
      readonly message: string;
    };

/** What the device pushes: a container changed by itself (it exited, or its readiness did). */
export type CriPush =
  | { readonly type: "cri.exited"; readonly container: ContainerStatus }
  | { readonly type: "cri.ready"; readonly container: string; readonly ready: boolean };

/** How an image of the simulated runtime behaves. Times are virtual milliseconds. */
export interface ImageBehaviour {
  /** Default 0. */
  readonly pullMs?: number;
  /** From start to running. Default 0. */
  readonly startMs?: number;
  /** From running to ready, for pods with a readiness probe. Default 0. */
  readonly readyMs?: number;
  /** Exits by itself after this long. Default: never. */
  readonly exitAfterMs?: number;
  /** Default 0. */
  readonly exitCode?: number;
  /** How long it takes to end after the stop signal. Default 0. */
  readonly stopMs?: number;
  /** Pulls fail. */
  readonly missing?: boolean;
  readonly sizeBytes?: number;
}

/** The input of the simulated runtime's device: images that are not listed behave by default. */
export interface ImageCatalogue {
  readonly images: Readonly<Record<string, ImageBehaviour>>;
}
