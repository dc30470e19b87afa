import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";
import { archiveEnd, fillBytes, headerOf } from "./_tar_format.ts";

/** What an archive is made of, and where it goes. */
export interface CreateOptions {
  readonly file: OpenFile;
  /** Where the names are looked for. */
  readonly folder: string;
  readonly names: readonly string[];
  /** Tells the name of each member. */
  readonly isVerbose: boolean;
}

/** Writes an archive of files, and of folders with all that is in them. */
export function* createArchive(self: Process, options: CreateOptions): Running {
  let status = 0;
  for (const given of options.names) {
    const name = given.replace(/^\/+/, "").replace(/\/+$/, "") || ".";
    if (given.startsWith("/")) yield* complain(self, "removing leading '/' from member names");
    status = Math.max(status, yield* addMember(self, options, { name, path: resolvePath(options.folder, given) }));
  }
  yield* put(self, options.file, archiveEnd);
  return status;
}

function* addMember(
  self: Process,
  options: CreateOptions,
  { name, path }: { readonly name: string; readonly path: string },
): Running {
  if (self.kernel.spend(2)) yield turn;
  const node = self.kernel.host.tree.find(path, true);
  if (hasFailed(node)) {
    yield* complain(self, `${name}: ${errorTexts[node.error]}`);
    return 1;
  }
  if (node.kind === "special") return 0;
  const { mode, modifiedMs } = node;
  const bytes = node.kind === "file" ? node.bytes : "";
  const isFolder = node.kind === "folder";
  const target = node.kind === "link" ? node.target : "";
  const full = isFolder ? `${name}/` : name;
  const header = headerOf({ ...{ name: full, kind: node.kind, mode, modifiedMs, target }, sizeBytes: bytes.length });
  if (options.isVerbose) yield* writeTo(self, self.files.get(2), `${full}\n`);
  yield* put(self, options.file, header);
  yield* put(self, options.file, bytes);
  yield* put(self, options.file, "\0".repeat(fillBytes(bytes.length)));
  let status = 0;
  for (const each of isFolder ? [...node.entries.keys()].sort() : []) {
    const inner = { name: name === "." ? `./${each}` : `${name}/${each}`, path: resolvePath(path, each) };
    status = Math.max(status, yield* addMember(self, options, inner));
  }
  return status;
}

function* put(self: Process, file: OpenFile, bytes: string): Running<void> {
  const error = yield* writeTo(self, file, bytes);
  if (error === undefined) return;
  yield* complain(self, `write error: ${errorTexts[error]}`);
  throw new ProcessExit(1);
}
