/** A line that a container wrote. */
export interface LogLine {
  /** Counts from 1 in each container: `ReadLogs` goes on after it. */
  readonly number: number;
  /** The host's uptime. */
  readonly atMs: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** It goes on with the next line of its stream, or ends without an end of line. Default false. */
  readonly isPartial?: boolean;
}
