/** What a container gets, of some things at most. */
export interface ResourceLimits {
  /** Default: as much as there is. */
  readonly memoryLimitBytes?: number;
  /** Thousandths of a processor. Default: as many as it can use. */
  readonly cpuLimitMillis?: number;
  /** Thousandths of a processor that it is to have where there are too few for all. Default: next to nothing. */
  readonly cpuRequestMillis?: number;
  /** How ready the kernel is to end it where memory runs out, from -1000 to 1000. Default: 0. */
  readonly oomScoreAdj?: number;
  /** What its pod gets in all. Default: next to nothing, and as much as there is. */
  readonly pod?: PodGroup;
}

/** What all containers of a pod get together, of some things at most. */
export interface PodGroup extends Pick<ResourceLimits, "cpuLimitMillis" | "cpuRequestMillis" | "memoryLimitBytes"> {
  readonly qosClass: "BestEffort" | "Burstable" | "Guaranteed";
}
