import { errorTexts } from "../files/errno.ts";
import { openPath, readSome, setFile, waitFor, writeTo } from "../kernel/io.ts";
import { release } from "../kernel/kernel.ts";
import { type OpenFile, openPipe } from "../kernel/open_file.ts";
import type { Process, Running } from "../kernel/process.ts";
import { startChild } from "../programs/_start_child.ts";
import { AwkProblem } from "./lexer.ts";
import { firstRecord } from "./record.ts";

/** Where a program writes to or reads from beside its inputs. */
export interface Target {
  readonly kind: "file" | "command";
  /** A path, or the words of a command. */
  readonly name: string;
}

/** What a program has open beside its inputs, each by its name until it is closed. */
export interface Streams {
  write(to: Target & { readonly appends: boolean }, bytes: string): Running<void>;
  /** The next record; `undefined` at the end, `failed` where there is no such file. */
  read(from: Target, separator: string): Running<string | undefined | "failed">;
  /** Runs a command to its end; its status. */
  system(command: string): Running;
  /** Closes what has a name; its status, -1 when there is nothing of that name. */
  close(name: string): Running;
  closeAll(): Running<void>;
}

interface Open {
  readonly file: OpenFile;
  readonly descriptor: number;
  readonly child: Process | undefined;
  /** What was read and is no record yet. */
  text: string;
  isEnded: boolean;
}

/** Descriptors of this kind are counted up from here. */
const descriptorFirst = 3;
const openMax = 64;

/** Nothing is open yet. */
export function createStreams(self: Process): Streams {
  const open = new Map<string, Open>();

  function keep(key: string, file: OpenFile, child?: Process): Open {
    if (open.size >= openMax) throw new AwkProblem("too many open files");
    let descriptor = descriptorFirst;
    while (self.files.has(descriptor)) descriptor++;
    setFile(self.files, descriptor, file);
    const made: Open = { file, descriptor, child, text: "", isEnded: false };
    open.set(key, made);
    return made;
  }

  /** Starts a command with one of its files being the other end of a pipe. */
  function* start(command: string, descriptor: 0 | 1): Running<{ readonly file: OpenFile; readonly child: Process }> {
    const { reader, writer } = openPipe(self.kernel.wake);
    const files = new Map([...self.files].filter(([each]) => each < descriptorFirst));
    files.set(descriptor, descriptor === 0 ? reader : writer);
    const started = yield* startChild({ ...self, files } as Process, ["sh", "-c", command]);
    if ("status" in started) throw new AwkProblem(`can't run '${command}'`);
    return { file: descriptor === 0 ? writer : reader, child: started.child };
  }

  function* writerFor({ kind, name, appends }: Parameters<Streams["write"]>[0]): Running<Open> {
    const known = open.get(`> ${name}`);
    if (known) return known;
    if (kind === "command") {
      const { file, child } = yield* start(name, 0);
      return keep(`> ${name}`, file, child);
    }
    const flags = { canRead: false, canWrite: true, creates: true, appends, truncates: !appends };
    const opened = openPath(self, name, flags);
    if ("error" in opened) throw new AwkProblem(`can't open '${name}': ${errorTexts[opened.error]}`);
    return keep(`> ${name}`, opened);
  }

  function* readerFor({ kind, name }: Target): Running<Open | undefined> {
    const known = open.get(`< ${name}`);
    if (known) return known;
    if (kind === "command") {
      const { file, child } = yield* start(name, 1);
      return keep(`< ${name}`, file, child);
    }
    const opened = name === "-" ? self.files.get(0) : openPath(self, name, { canRead: true, canWrite: false });
    return opened && !("error" in opened) ? keep(`< ${name}`, opened) : undefined;
  }

  function* end(key: string, { descriptor, child }: Open): Running {
    open.delete(key);
    const file = self.files.get(descriptor);
    self.files.delete(descriptor);
    if (file) release(file);
    return child ? yield* waitFor(child) : 0;
  }

  return {
    *write(to, bytes) {
      const error = yield* writeTo(self, (yield* writerFor(to)).file, bytes);
      if (error !== undefined) throw new AwkProblem(`write error: ${errorTexts[error]}`);
    },
    *read(from, separator) {
      const reader = yield* readerFor(from);
      if (!reader) return "failed";
      for (;;) {
        const found = firstRecord(reader.text, separator, reader.isEnded);
        if (found) {
          reader.text = found.rest;
          return found.record;
        }
        if (reader.isEnded) return undefined;
        const bytes = yield* readSome(self, reader.file);
        reader.isEnded = bytes === "";
        reader.text += bytes;
      }
    },
    *system(command) {
      const started = yield* startChild(self, ["sh", "-c", command]);
      return "status" in started ? started.status : yield* waitFor(started.child);
    },
    *close(name) {
      let status = -1;
      for (const key of [`> ${name}`, `< ${name}`]) {
        const found = open.get(key);
        if (found) status = yield* end(key, found);
      }
      return status;
    },
    *closeAll() {
      for (const [key, each] of [...open]) yield* end(key, each);
    },
  };
}
