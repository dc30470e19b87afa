import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PermissionNeed } from "../../../../runtime/core/permissions.ts";
import type { Refuse } from "./guarded_builtins.ts";

type Access = "read" | "write";
type Files = Readonly<Record<string, unknown>>;

/** What is done with the paths that come first among a function's arguments. `flags` tell it themselves. */
const uses: Readonly<Record<string, readonly (Access | "flags" | "text")[]>> = {
  access: ["read"],
  appendFile: ["write"],
  chmod: ["write"],
  chown: ["write"],
  copyFile: ["read", "write"],
  cp: ["read", "write"],
  createReadStream: ["flags"],
  createWriteStream: ["write"],
  exists: ["read"],
  lchmod: ["write"],
  lchown: ["write"],
  link: ["read", "write"],
  lstat: ["read"],
  lutimes: ["write"],
  mkdir: ["write"],
  mkdtemp: ["write"],
  open: ["flags"],
  openAsBlob: ["read"],
  opendir: ["read"],
  readdir: ["read"],
  readFile: ["flags"],
  readlink: ["read"],
  realpath: ["read"],
  rename: ["write", "write"],
  rm: ["write"],
  rmdir: ["write"],
  stat: ["read"],
  statfs: ["read"],
  // What it points to is looked at when it is made, as a link leads to it without being looked at.
  symlink: ["text", "write"],
  truncate: ["write"],
  unlink: ["write"],
  unwatchFile: ["read"],
  utimes: ["write"],
  watch: ["read"],
  watchFile: ["read"],
  writeFile: ["write"],
};

/** These work on what was opened before. */
const ofHandles = new Set([
  "close",
  "fchmod",
  "fchown",
  "fdatasync",
  "fstat",
  "fsync",
  "ftruncate",
  "futimes",
  "read",
  "readv",
  "write",
  "writev",
  "Dir",
  "Dirent",
  "Stats",
]);

type Callable = (...args: unknown[]) => unknown;

/** `node:fs` or `node:fs/promises` whose functions refuse paths that are not granted; what has no paths it can tell of is not there. */
export function guardedFiles(files: Files, refuse: Refuse): object {
  // Of `node:fs`, its promises; of `node:fs/promises`, itself.
  const isPromising = !("readFileSync" in files);
  const guarded: Record<string, unknown> = {};
  for (const key of Object.keys(files)) {
    const name = key.replace(/Sync$/, "");
    const using = uses[name];
    // Not every machine has all of them.
    if (files[key] === undefined) continue;
    if (key === "constants") guarded[key] = files[key];
    else if (key === "promises") guarded[key] = guardedFiles(files[key] as Files, refuse);
    else if (using) guarded[key] = withLook(files[key] as Callable, { using, isPromising, refuse });
    else if (ofHandles.has(name)) guarded[key] = files[key];
  }
  return Object.freeze(guarded);
}

interface Look {
  readonly using: NonNullable<(typeof uses)[string]>;
  readonly isPromising: boolean;
  readonly refuse: Refuse;
}

/** The function and the ways to the same that hang on it: `realpath.native`, and what `promisify` finds. */
function withLook(call: Callable, look: Look): Callable {
  const guarded = guardedCall(call, look);
  for (const key of Reflect.ownKeys(call)) {
    if (key === "prototype") continue;
    const found: unknown = Reflect.get(call, key);
    const value = typeof found === "function" ? guardedCall(found as Callable, look) : found;
    Object.defineProperty(guarded, key, { configurable: true, value });
  }
  return guarded;
}

function guardedCall(call: Callable, { using, isPromising, refuse }: Look): Callable {
  return function guarded(this: unknown, ...args: unknown[]) {
    try {
      for (const need of needsOf(using, args)) refuse(need);
    } catch (error) {
      if (isPromising) return Promise.reject(error);
      throw error;
    }
    return Reflect.apply(call, this, args);
  };
}

function needsOf(using: Look["using"], args: readonly unknown[]): PermissionNeed[] {
  return using.flatMap((use, index) => {
    const scope = pathOf(args[index], use === "text" ? args[index + 1] : undefined);
    return scope === undefined ? [] : accessOf(use, args).map((name) => ({ name, scope }));
  });
}

function accessOf(use: Look["using"][number], [, options]: readonly unknown[]): readonly Access[] {
  if (use === "text") return ["read"];
  if (use !== "flags") return [use];
  const { flag, flags = flag } =
    typeof options === "object" && options !== null ? (options as { flag?: unknown; flags?: unknown }) : {};
  return accessOfFlags(flags ?? options);
}

const writesMask = 0b11 | 0o100 | 0o1000;

/** Of `"r"`, `"w+"`, or `O_RDWR | O_CREAT`; a word that is none (an encoding stands in the same place) reads. */
function accessOfFlags(flags: unknown): readonly Access[] {
  if (typeof flags === "number") {
    const isRead = (flags & 0b11) !== 1;
    return [...(isRead ? (["read"] as const) : []), ...((flags & writesMask) !== 0 ? (["write"] as const) : [])];
  }
  if (typeof flags !== "string" || !/^(?:[rs]+\+?|[wax]+s?x?\+?)$/.test(flags)) return ["read"];
  if (flags.includes("+")) return ["read", "write"];
  return flags.startsWith("r") ? ["read"] : ["write"];
}

/** Whole, without `.` and `..`; a symbolic link's is beside it. What is no path is left to Node to refuse. */
function pathOf(given: unknown, beside: unknown): string | undefined {
  const path = textOf(given);
  if (path === undefined) return undefined;
  const link = textOf(beside);
  return link === undefined ? resolve(path) : resolve(link, "..", path);
}

function textOf(given: unknown): string | undefined {
  if (typeof given === "string") return given;
  if (given instanceof URL && given.protocol === "file:") return fileURLToPath(given);
  if (given instanceof Uint8Array) return new TextDecoder().decode(given);
  return undefined;
}
