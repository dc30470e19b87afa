import { type ErrorName, errorTexts, failure, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { release, turn } from "./kernel.ts";
import { isBroken, type OpenFile, type OpenFlags, openRegular, openSpecial } from "./open_file.ts";
import { type Process, ProcessExit, type Running } from "./process.ts";
import { statusOfSignal } from "./signals.ts";

/** What is read at once. */
const pieceBytes = 16_384;
/** What a program holds of what it has read: more than this much is not for a played container. */
const heldBytesMax = 8 * 1024 * 1024;

/** Reads what is there, or waits for it; `""` at the end. */
export function* readSome(self: Process, file: OpenFile | undefined): Running<string> {
  if (!file?.canRead) return "";
  for (;;) {
    const bytes = file.read(pieceBytes);
    if (self.kernel.spend(1 + (bytes?.length ?? 0) / 512)) yield turn;
    if (bytes !== undefined) return bytes;
    yield { on: file.readable ? [file.readable] : [] };
  }
}

/** Reads to the end. */
export function* readAll(self: Process, file: OpenFile | undefined): Running<string> {
  let all = "";
  for (;;) {
    const bytes = yield* readSome(self, file);
    if (bytes === "") return all;
    all += bytes;
    // As the kernel ends who takes more memory than there is.
    if (all.length > heldBytesMax) throw new ProcessExit(statusOfSignal("KILL"));
  }
}

/** Writes all of it, however long the other end takes; gives back why it could not. */
export function* writeTo(self: Process, file: OpenFile | undefined, bytes: string): Running<ErrorName | undefined> {
  if (!file?.canWrite) return bytes === "" ? undefined : "EBADF";
  for (let rest = bytes; rest !== ""; ) {
    const outcome = file.write(rest.length > pieceBytes ? rest.slice(0, pieceBytes) : rest);
    if (isBroken(outcome)) {
      // Nobody reads any more: the signal for that ends who does not care about it.
      if (outcome.error === "EPIPE") throw new ProcessExit(statusOfSignal("PIPE"));
      return outcome.error;
    }
    rest = rest.slice(outcome);
    if (self.kernel.spend(1 + outcome / 512)) yield turn;
    if (outcome === 0) yield { on: file.writable ? [file.writable] : [] };
  }
  return undefined;
}

/** Writes to the standard output; a full disk is an error that is told of. */
export function* print(self: Process, bytes: string): Running<void> {
  const error = yield* writeTo(self, self.files.get(1), bytes);
  if (error === undefined) return;
  yield* complain(self, `write error: ${errorTexts[error]}`);
  throw new ProcessExit(1);
}

/** Says on the standard error what went wrong, behind the program's name. */
export function* complain(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), `${programName(self)}: ${text}\n`);
}

/** The name under which a process was started, without folders. */
export function programName({ argv }: Process): string {
  const [name = "sh"] = argv;
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Opens a file for a process. */
export function openPath(
  self: Process,
  path: string,
  flags: OpenFlags & { readonly creates?: boolean; readonly truncates?: boolean },
): OpenFile | { readonly error: ErrorName } {
  const { tree, random } = self.kernel.host;
  const full = resolvePath(self.folder, path);
  const [, descriptor] = /^\/(?:proc\/self|dev)\/fd\/(\d+)$/.exec(full.replace(standardNames, "/dev/fd/$1")) ?? [];
  const named = descriptor ?? { stdin: "0", stdout: "1", stderr: "2" }[full.replace("/dev/", "")];
  if (named !== undefined) return self.files.get(Number(named)) ?? failure("ENOENT");
  const [, pid = "", other = ""] = /^\/proc\/(\d+)\/fd\/(\d+)$/.exec(full) ?? [];
  if (other !== "") return self.kernel.processes.get(Number(pid))?.files.get(Number(other)) ?? failure("ENOENT");
  if (path === "") return failure("ENOENT");
  const node = flags.canWrite ? tree.fileToWrite(full, flags.creates ?? false) : tree.find(full);
  if (hasFailed(node)) return node;
  if (path.endsWith("/") && node.kind !== "folder") return failure("ENOTDIR");
  if (node.kind === "special") return openSpecial(node.device, (below) => random.int(below));
  if (node.kind !== "file") return failure(node.kind === "folder" ? "EISDIR" : "ELOOP");
  if (flags.truncates) tree.setBytes(node, "");
  return openRegular(tree, node, flags);
}

const standardNames = /^\/proc\/self\/fd\/(\d+)$/;

/** Puts an open file under a descriptor; what was there is let go of. */
export function setFile(files: Map<number, OpenFile>, descriptor: number, file: OpenFile): void {
  const before = files.get(descriptor);
  file.holders++;
  files.set(descriptor, file);
  if (before) release(before);
}

/** Waits until a time of the host's uptime. */
export function* sleepUntil(self: Process, untilMs: number): Running<void> {
  const { host } = self.kernel;
  while (host.uptimeMs() < untilMs) yield { untilMs };
}

/** Waits for a process to end. */
export function* waitFor(child: Process): Running {
  while (child.status === undefined) yield { on: [child.ended] };
  return child.status;
}
