/** What a container uses of its computer. */
export interface ContainerStats {
  readonly container: string;
  readonly sandbox: string;
  readonly name: string;
  /** The host's uptime at which it was measured. */
  readonly atMs: number;
  readonly startedAtMs: number;
  /** Milliseconds of one processor since its start. */
  readonly cpuMs: number;
  /** Thousandths of a processor over the last `windowMs`, ten to twenty seconds; absent in its first second. */
  readonly cpuMillis?: number;
  readonly windowMs?: number;
  /** What of its memory is in use. */
  readonly memoryBytes: number;
  /** Default: one. */
  readonly processes?: number;
  /** What it has written beside its volumes, and said. */
  readonly writtenBytes: number;
  /** What of that it has said: its log. */
  readonly loggedBytes: number;
  /** The files, folders and links that it has made or changed beside its volumes. */
  readonly writtenNodes: number;
}
