import { errorTexts, type Failure, failure, hasFailed } from "../files/errno.ts";
import { folderName, resolvePath } from "../files/paths.ts";
import { complain, print, readSome, writeTo } from "../kernel/io.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import type { Process, Running } from "../kernel/process.ts";
import { blockBytes, fillBytes, improved, type Member, readHeader } from "./_tar_format.ts";

/** Which archive is read, and what is done with it. */
export interface ReadOptions {
  readonly file: OpenFile;
  /** Where its members go. */
  readonly folder: string;
  /** Only those, and what is below them; without any, all. */
  readonly names: readonly string[];
  /** Tells the name of each member. */
  readonly isVerbose: boolean;
  /** Only tells the names. */
  readonly lists: boolean;
  /** Members keep the time at which they were changed last. */
  readonly keepsTimes: boolean;
}

/** What is said about a member before its header is longer than this in no archive of sense. */
const aboutBytesMax = 65_536;
/** More than any played container has room for. */
const fileBytesMax = 32 * 1024 * 1024;

/** Reads an archive to its end. */
export function* readArchive(self: Process, options: ReadOptions): Running {
  const input = reader(self, options.file);
  const about = new Map<"name" | "target" | "pax", string>();
  let status = 0;
  for (;;) {
    const bytes = yield* input.take(blockBytes);
    // One that ends without saying so is whole, too.
    const header = bytes === "" ? ({ type: "end" } as const) : readHeader(bytes);
    if (header.type === "end") {
      yield* input.drain();
      return status;
    }
    if (header.type === "invalid") {
      yield* complain(self, bytes.length < blockBytes ? "short read" : "invalid tar magic");
      return 1;
    }
    if (header.type === "about") {
      const { sizeBytes } = header;
      const text = sizeBytes > aboutBytesMax ? "" : yield* input.take(sizeBytes);
      yield* input.skip((text === "" ? sizeBytes : 0) + fillBytes(sizeBytes));
      about.set(header.about, text);
      continue;
    }
    const member = improved(header.member, about);
    about.clear();
    const isWanted = options.names.length === 0 || options.names.some((name) => isBelow(member.name, name));
    if (isWanted && (options.lists || options.isVerbose)) yield* print(self, `${member.name}\n`);
    const keeps = isWanted && !options.lists && member.kind === "file" && member.sizeBytes <= fileBytesMax;
    const content = keeps ? yield* input.take(member.sizeBytes) : "";
    if (keeps && content.length < member.sizeBytes) {
      yield* complain(self, "short read");
      return 1;
    }
    yield* input.skip((keeps ? 0 : member.sizeBytes) + fillBytes(member.sizeBytes));
    if (!isWanted || options.lists) continue;
    const failed = keeps || member.kind !== "file" ? extract(self, options, member, content) : failure("ENOSPC");
    if (!failed) continue;
    yield* writeTo(self, self.files.get(2), `tar: can't open '${member.name}': ${errorTexts[failed.error]}\n`);
    status = 1;
  }
}

function isBelow(name: string, wanted: string): boolean {
  const [path, above] = [name, wanted].map((each) => each.replace(/^\.?\/+/, "").replace(/\/+$/, "")) as [
    string,
    string,
  ];
  return path === above || path.startsWith(`${above}/`);
}

function extract(
  { kernel }: Process,
  { folder, keepsTimes }: ReadOptions,
  { name, kind, mode, modifiedMs, target }: Member,
  content: string,
): Failure | undefined {
  const { tree } = kernel.host;
  // As tar does it, nothing is put outside of the folder by its name alone.
  const names = name.split("/").filter((each) => each !== "" && each !== "..");
  const path = resolvePath(folder, `./${names.join("/")}`);
  if (kind === "other") return undefined;
  if (kind === "link") {
    makeParents(tree, path);
    tree.remove(path, "other");
    return tree.makeLink(path, target);
  }
  if (kind === "folder") {
    makeParents(tree, `${path}/.`);
  } else {
    makeParents(tree, path);
    const before = tree.find(path, true);
    // A link is replaced, not followed.
    if (!hasFailed(before) && before.kind === "link") tree.remove(path, "other");
    const file = tree.fileToWrite(path, true);
    if (hasFailed(file)) return file;
    if (file.kind !== "file") return undefined;
    const failed = tree.setBytes(file, content);
    if (failed) return failed;
  }
  const node = tree.nodeToChange(path);
  if (hasFailed(node)) return node;
  node.mode = mode;
  if (keepsTimes) node.modifiedMs = modifiedMs;
  return undefined;
}

function makeParents(tree: Process["kernel"]["host"]["tree"], path: string): void {
  const names = folderName(path).split("/").slice(1);
  for (let depth = 1; depth <= names.length; depth++) tree.makeFolder(`/${names.slice(0, depth).join("/")}`);
}

/** Takes exact amounts off a file. */
function reader(self: Process, file: OpenFile) {
  let rest = "";
  let isEnded = false;
  function* more(): Running<string> {
    const bytes = isEnded ? "" : yield* readSome(self, file);
    isEnded ||= bytes === "";
    return bytes;
  }
  return {
    /** So many bytes, or less at the end. */
    *take(bytes: number): Running<string> {
      const pieces = [rest];
      let length = rest.length;
      while (length < bytes && !isEnded) {
        const piece = yield* more();
        pieces.push(piece);
        length += piece.length;
      }
      const all = pieces.length === 1 ? rest : pieces.join("");
      rest = all.slice(bytes);
      return all.slice(0, bytes);
    },
    *skip(bytes: number): Running<void> {
      let left = bytes;
      for (;;) {
        const part = Math.min(left, rest.length);
        rest = rest.slice(part);
        left -= part;
        if (left === 0 || isEnded) return;
        rest = yield* more();
      }
    },
    /** Reads what is left: who writes it is not to find that nobody does. */
    *drain(): Running<void> {
      rest = "";
      while (!isEnded) yield* more();
    },
  };
}
