import type { LogLine } from "../messages.ts";

/** The lines that a container has written: the newest, up to a size. */
export interface LogBook {
  write(line: Omit<LogLine, "number">): void;
  /** Lines behind a place, oldest first; with `tail` only of the newest so many. */
  read(after: number, linesMax: number, tail?: number): LogLine[];
  /** How large what is kept would be as a file of the runtime. */
  bytes(): number;
}

/** What may be kept. */
export interface LogBookOptions {
  /** As a file of the runtime has them: with time and stream before each line. Default 10 MiB, as a kubelet has it. */
  readonly bytesMax?: number;
  /** Short lines take more than their size. Default 100,000. */
  readonly linesMax?: number;
}

/** `2025-01-01T00:00:00.000000000Z stdout F `, and the end of the line. */
const lineFrameBytes = 41;

/** Makes an empty log. When it is full its oldest tenth is dropped. */
export function logBook({ bytesMax = 10 * 1024 * 1024, linesMax = 100_000 }: LogBookOptions = {}): LogBook {
  let lines: LogLine[] = [];
  let bytes = 0;
  let count = 0;

  function dropOldest() {
    let dropped = 0;
    while (dropped < lines.length - 1 && (bytes > bytesMax * 0.9 || lines.length - dropped > linesMax * 0.9)) {
      bytes -= bytesOf(lines[dropped]?.text ?? "");
      dropped++;
    }
    lines = lines.slice(dropped);
  }

  return {
    write(line) {
      lines.push({ number: ++count, ...line });
      bytes += bytesOf(line.text);
      if (bytes > bytesMax || lines.length > linesMax) dropOldest();
    },
    read(after, most, tail = count) {
      // Numbers follow each other: the place of a line tells its number.
      const from = Math.max(0, after - (count - lines.length), lines.length - Math.max(0, tail));
      return lines.slice(from, from + Math.max(0, most));
    },
    bytes: () => bytes,
  };
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text) + lineFrameBytes;
}
