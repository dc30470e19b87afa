import { type ErrorName, hasFailed } from "../files/errno.ts";
import type { FileNode, RegularFile } from "../files/file_node.ts";
import type { FileTree } from "../files/file_tree.ts";
import type { WaitList } from "./process.ts";

/** An open file, which several descriptors of several processes may share. */
export interface OpenFile {
  /** How many descriptors there are. */
  holders: number;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  /** Up to so many bytes; `""` at the end; `undefined` when there is nothing yet, and `readable` will tell. */
  read(bytesMax: number): string | undefined;
  /** How many bytes were taken; 0 when there is no room yet, and `writable` will tell. */
  write(bytes: string): number | { readonly error: ErrorName | "EPIPE" };
  readonly readable?: WaitList;
  readonly writable?: WaitList;
  /** It is a terminal: programs that talk to somebody behave otherwise. Default false. */
  readonly isTerminal?: boolean;
  /** How that terminal is set. */
  readonly terminal?: TerminalSettings;
  /** Nobody holds it any more. */
  closed?(): void;
  /** What of the network it is. Default: it is none. */
  readonly socket?: OpenSocket;
  /** The file of the file system that it is of. */
  readonly node?: FileNode;
}

/** What is set of a terminal: nobody has said a size while its columns are 0. */
export interface TerminalSettings {
  columns: number;
  rows: number;
  /** What is typed is shown. */
  shows: boolean;
}

/** What `netstat` tells of a socket. */
export interface OpenSocket {
  readonly protocol: "tcp" | "udp";
  /** Its own port. */
  readonly port: number;
  /** The other end. Default: it listens. */
  readonly remote?: { readonly ip: string; readonly port: number };
}

/** How a file is opened. */
export interface OpenFlags {
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly appends?: boolean;
}

/** Opens a regular file. */
export function openRegular(tree: FileTree, file: RegularFile, { canRead, canWrite, appends }: OpenFlags): OpenFile {
  let offset = 0;
  return {
    ...{ holders: 0, canRead, canWrite, node: file },
    read(bytesMax) {
      const bytes = file.bytes.slice(offset, offset + bytesMax);
      offset += bytes.length;
      return bytes;
    },
    write(bytes) {
      const at = appends ? file.bytes.length : offset;
      const isAtEnd = at === file.bytes.length;
      const before = isAtEnd ? file.bytes : file.bytes.slice(0, at).padEnd(at, "\0");
      const after = isAtEnd ? "" : file.bytes.slice(at + bytes.length);
      const failed = tree.setBytes(file, before + bytes + after);
      if (failed) return failed;
      offset = at + bytes.length;
      return bytes.length;
    },
  };
}

/** Opens what only gives what it was made with: a document in a script, an empty input. */
export function openText(bytes: string): OpenFile {
  let offset = 0;
  return {
    ...{ holders: 0, canRead: true, canWrite: false },
    read(bytesMax) {
      const piece = bytes.slice(offset, offset + bytesMax);
      offset += piece.length;
      return piece;
    },
    write: () => ({ error: "EBADF" }),
  };
}

/** Opens what gives nothing and passes on what is written to it. */
export function openSink(take: (bytes: string) => void): OpenFile {
  return {
    ...{ holders: 0, canRead: false, canWrite: true },
    read: () => "",
    write(bytes) {
      take(bytes);
      return bytes.length;
    },
  };
}

/** Opens a device. */
export function openSpecial(device: "null" | "zero" | "full" | "random", int: (below: number) => number): OpenFile {
  const pieceMax = 4096;
  const bytesOf = (count: number): string => {
    if (device === "null") return "";
    if (device !== "random") return "\0".repeat(count);
    let text = "";
    for (let each = 0; each < count; each++) text += String.fromCharCode(int(256));
    return text;
  };
  return {
    ...{ holders: 0, canRead: true, canWrite: true },
    read: (bytesMax) => bytesOf(Math.min(bytesMax, pieceMax)),
    write: (bytes) => (device === "full" ? { error: "ENOSPC" } : bytes.length),
  };
}

const pipeBytesMax = 65_536;

/** Makes a pipe: what is written at one end is read at the other, in order. */
export function openPipe(wake: (list: WaitList) => void): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const readable: WaitList = new Set();
  const writable: WaitList = new Set();
  let bytes = "";
  let hasReader = true;
  let hasWriter = true;
  const reader: OpenFile = {
    ...{ holders: 0, canRead: true, canWrite: false, readable },
    read(bytesMax) {
      if (bytes === "") return hasWriter ? undefined : "";
      const piece = bytes.slice(0, bytesMax);
      bytes = bytes.slice(piece.length);
      wake(writable);
      return piece;
    },
    write: () => ({ error: "EBADF" }),
    closed() {
      hasReader = false;
      wake(writable);
    },
  };
  const writer: OpenFile = {
    ...{ holders: 0, canRead: false, canWrite: true, writable },
    read: () => "",
    write(more) {
      if (!hasReader) return { error: "EPIPE" };
      const taken = more.slice(0, pipeBytesMax - bytes.length);
      bytes += taken;
      if (taken !== "") wake(readable);
      return taken.length;
    },
    closed() {
      hasWriter = false;
      wake(readable);
    },
  };
  return { reader, writer };
}

/** Whether an attempt to write has failed. */
export function isBroken(
  outcome: number | { readonly error: string },
): outcome is { readonly error: ErrorName | "EPIPE" } {
  return typeof outcome === "object" && hasFailed(outcome as { readonly error: ErrorName });
}
