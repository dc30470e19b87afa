import type { LogLine } from "./messages.ts";

/** The lines that a container has written: the newest so many. */
export interface LogBook {
  write(line: Omit<LogLine, "number">): void;
  /** Lines behind a place, oldest first. */
  read(after: number, linesMax: number): LogLine[];
}

const linesKeptMax = 10_000;
/** Old lines are dropped so many at a time. */
const linesDropped = 1_000;

/** Makes an empty log. */
export function logBook(): LogBook {
  let lines: LogLine[] = [];
  let count = 0;
  return {
    write(line) {
      lines.push({ number: ++count, ...line });
      if (lines.length >= linesKeptMax + linesDropped) lines = lines.slice(-linesKeptMax);
    },
    read(after, linesMax) {
      const kept = Math.min(lines.length, linesKeptMax);
      // Numbers follow each other: the place of a line tells its number.
      const from = Math.max(lines.length - kept, after - (count - lines.length));
      return lines.slice(from, from + Math.max(0, linesMax));
    },
  };
}
