import { errorTexts } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, openPath, readAll, writeTo } from "../kernel/io.ts";
import { type OpenFile, openSink, openText } from "../kernel/open_file.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { gzipMagic, packed, unpacked } from "./_gzip_format.ts";
import { type CreateOptions, createArchive } from "./_tar_create.ts";
import { readArchive } from "./_tar_read.ts";

const ignored = { "no-same-permissions": "o", "no-same-owner": "o", verbose: "v" };
const long = { create: "c", extract: "x", list: "t", file: "f", directory: "C", touch: "m", gzip: "z", ...ignored };

/** Makes archives, and takes them apart: what `kubectl cp` is made of. */
export const tar: Program = {
  names: ["tar"],
  *run(self) {
    // Its first word may come without a dash.
    const [name = "tar", first = "", ...rest] = self.argv;
    if (/^[a-zA-Z]+$/.test(first)) self.argv = [name, `-${first}`, ...rest];
    const { flags, rest: names } = yield* argumentsOf(self, "cxtvmpokzf:C:", long);
    const modes = (["c", "x", "t"] as const).filter((letter) => flags.has(letter));
    const [mode] = modes;
    if (mode === undefined || modes.length > 1) {
      yield* complain(self, "you must specify exactly one of -c, -x and -t");
      return 1;
    }
    if (mode === "c" && names.length === 0) {
      yield* complain(self, "cowardly refusing to create an empty archive");
      return 1;
    }
    const file = yield* archiveFile(self, flags.get("f") ?? "-", mode === "c");
    if (!file) return 1;
    const folder = resolvePath(self.folder, flags.get("C") ?? ".");
    const options = { file, folder, names, isVerbose: flags.has("v") };
    const isPacked = flags.has("z");
    if (mode === "c") return yield* isPacked ? createPacked(self, options) : createArchive(self, options);
    const archive = yield* plainArchive(self, file, isPacked);
    if (!archive) return 1;
    return yield* readArchive(self, { ...options, file: archive, lists: mode === "t", keepsTimes: !flags.has("m") });
  },
};

function* createPacked(self: Process, options: CreateOptions): Running {
  const pieces: string[] = [];
  const status = yield* createArchive(self, { ...options, file: openSink((bytes) => void pieces.push(bytes)) });
  const error = yield* writeTo(self, options.file, packed(pieces.join("")));
  if (error === undefined) return status;
  yield* complain(self, `write error: ${errorTexts[error]}`);
  return 1;
}

/** A file says itself that it is packed; of a stream it has to be said. */
function* plainArchive(self: Process, file: OpenFile, isPacked: boolean): Running<OpenFile | undefined> {
  const isKnown = file.node?.kind === "file" && file.node.bytes.startsWith(gzipMagic);
  if (!isPacked && !isKnown) return file;
  const bytes = unpacked(yield* readAll(self, file));
  if (bytes === undefined) yield* complain(self, "invalid magic");
  return bytes === undefined ? undefined : openText(bytes);
}

function* archiveFile(self: Process, path: string, isNew: boolean): Running<OpenFile | undefined> {
  const flags = isNew ? { canRead: false, canWrite: true, creates: true, truncates: true } : undefined;
  const opened =
    path === "-" ? self.files.get(isNew ? 1 : 0) : openPath(self, path, flags ?? { canRead: true, canWrite: false });
  if (opened && !("error" in opened)) return opened;
  yield* complain(self, `can't open '${path}': ${errorTexts[opened?.error ?? "EBADF"]}`);
  return undefined;
}
