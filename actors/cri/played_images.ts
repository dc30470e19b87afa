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
  /** Thousandths of a processor that it uses, beside what its commands do. Default 0. */
  readonly cpuMillis?: number;
  /** The memory that it uses from its start on. Default 4 MiB. */
  readonly memoryBytes?: number;
  /** Its memory grows so fast; at its limit it is killed as OOMKilled with 137. Default 0. */
  readonly memoryBytesPerSecond?: number;
  /** Pulls fail. */
  readonly missing?: boolean;
  readonly sizeBytes?: number;
}

/**
 * What the device plays. A key is an image as pods name it (`nginx:1.27`), or without its tag for all tags; `unknown`: whether images
 * that nobody knows are played (default) or refused; `speed`: whether pulls, starts and ends take no time (default), or a real cluster's.
 */
export interface ImageCatalogue {
  readonly images: Readonly<Record<string, ImageBehaviour>>;
  readonly unknown?: "play" | "refuse" | undefined;
  readonly speed?: "fast" | "real" | undefined;
}
