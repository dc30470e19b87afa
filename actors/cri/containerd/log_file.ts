import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { ok } from "../../kit/result.ts";
import { failedCall } from "../cri_answers.ts";
import type { LogAnswer } from "../messages.ts";
import { logBook } from "../played/log_book.ts";

/** The log that a runtime writes for a container, read as it grows. */
export interface LogFile {
  /** Reads what has been written since; whether there was anything. */
  catchUp(): boolean;
  read(request: { readonly after: number; readonly linesMax: number; readonly tail?: number }): LogAnswer;
  /** Whether it has grown so large that it is to be put aside: then the runtime has to open it anew. */
  rotate(): boolean;
  remove(): void;
  /** How large what is kept of it is. */
  bytes(): number;
}

/** As a kubelet has it: containerLogMaxSize. */
const fileBytesMax = 10 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const newline = 10;

/**
 * Reads a log in the CRI's format, which has the time, the stream and whether the line is whole before each line.
 *
 * @see https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
export function logFile(path: string, uptimeOf: (wallMs: number) => number): LogFile {
  const book = logBook();
  /** The beginning of a line whose rest has not been read. */
  let rest: Buffer = Buffer.alloc(0);
  /** Where to go on: in a file that was put aside, then in the one that is written. */
  let aside: { readonly path: string; readonly offset: number } | undefined;
  let offset = 0;
  let failure: string | undefined;

  function take(bytes: Buffer): void {
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let from = 0;
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline, from)) {
      line(all.toString("utf8", from, end));
      from = end + 1;
    }
    rest = Buffer.from(all.subarray(from));
  }

  function line(text: string): void {
    const [, time = "", stream, tag, said = ""] = /^(\S+) (stdout|stderr) ([FP])(?: (.*))?$/s.exec(text) ?? [];
    if (stream !== "stdout" && stream !== "stderr") return;
    // Nanoseconds are more than a Date takes.
    const wallMs = Date.parse(time.replace(/(\.\d{3})\d+/, "$1"));
    const line = { atMs: uptimeOf(wallMs), stream, text: said } as const;
    // What the runtime has cut up goes on in the next one: nobody says how long it gets.
    book.write(tag === "P" ? { ...line, isPartial: true } : line);
  }

  /** Reads a file from a place to its end; gives the place after it. */
  function readFrom(file: string, start: number): number {
    let at = start;
    const handle = openSync(file, "r");
    try {
      const chunk = Buffer.alloc(chunkBytes);
      for (;;) {
        const count = readSync(handle, chunk, 0, chunkBytes, at);
        if (count === 0) return at;
        at += count;
        take(chunk.subarray(0, count));
      }
    } finally {
      closeSync(handle);
    }
  }

  const file: LogFile = {
    catchUp() {
      failure = undefined;
      try {
        let before = offset;
        if (aside && existsSync(path)) {
          const ended = readFrom(aside.path, aside.offset) > aside.offset;
          rmSync(aside.path, { force: true });
          aside = undefined;
          before = ended ? -1 : 0;
        }
        if (aside || !existsSync(path) || statSync(path).size <= offset) return before < 0;
        offset = readFrom(path, offset);
        return offset > before;
      } catch (error) {
        failure = (error as Error).message;
        return false;
      }
    },
    read({ after, linesMax, tail }) {
      file.catchUp();
      if (failure !== undefined) return failedCall("UNKNOWN", `failed to try resolving symlinks in path: ${failure}`);
      return ok(book.read(after, linesMax, tail));
    },
    rotate() {
      if (aside || offset < fileBytesMax) return false;
      try {
        renameSync(path, `${path}.aside`);
      } catch {
        return false;
      }
      aside = { path: `${path}.aside`, offset };
      offset = 0;
      return true;
    },
    bytes: () => book.bytes(),
    remove() {
      rmSync(path, { force: true });
      rmSync(`${path}.aside`, { force: true });
    },
  };
  return file;
}
