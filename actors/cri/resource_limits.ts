/** What a container gets at most. */
export interface ResourceLimits {
  /** Default: as much as there is. */
  readonly memoryLimitBytes?: number;
  /** Thousandths of a processor. Default: as many as it can use. */
  readonly cpuLimitMillis?: number;
}
