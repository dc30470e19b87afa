import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import type { Process, Program } from "./process.ts";

/** What a command line names: a program with its words, or why there is none. */
export type Executable =
  | { readonly ok: true; readonly program: Program; readonly argv: readonly string[]; readonly path: string }
  | { readonly ok: false; readonly status: 126 | 127; readonly text: string };

const pathDefault = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What is said of a program that is not there: it may well be in the real image. */
export const notPlayed = "kubetroupe plays this container and knows no such program";

const notRun = "kubetroupe plays this container, and only a real runtime can run it: RuntimeClass containerd";

/** Finds what the words of a command name, by its path or along `PATH`. */
export function executable(self: Process, argv: readonly string[], path = pathDefault): Executable {
  const [name = ""] = argv;
  const folders = name.includes("/") ? [""] : path.split(":").map((folder) => `${folder || "."}/`);
  let found: Executable | undefined;
  for (const folder of name === "" ? [] : folders) {
    found = executableAt(self, folder + name, argv);
    if (found?.ok) return found;
  }
  if (found) return found;
  self.session.unknownProgram ??= name;
  return { ok: false, status: 127, text: `not found (${notPlayed})` };
}

function executableAt(self: Process, path: string, argv: readonly string[]): Executable | undefined {
  const { tree, programs } = self.kernel.host;
  const full = resolvePath(self.folder, path);
  const node = tree.find(full);
  if (hasFailed(node)) return undefined;
  if (node.kind !== "file" || (node.mode & 0o111) === 0) return { ok: false, status: 126, text: "Permission denied" };
  if (node.program !== undefined) {
    const program = programs.get(node.program);
    return program ? { ok: true, program, argv, path } : undefined;
  }
  if (node.bytes.startsWith("\x7fELF"))
    return { ok: false, status: 126, text: `cannot execute binary file (${notRun})` };
  const [, interpreter = "/bin/sh", argument] = /^#!\s*(\S+)[ \t]*(\S[^\n]*?)?[ \t]*(?:\n|$)/.exec(node.bytes) ?? [];
  const rest = [...(argument === undefined ? [] : [argument]), full, ...argv.slice(1)];
  const script = tree.find(interpreter);
  const program = hasFailed(script) || script.kind !== "file" ? undefined : programs.get(script.program ?? "");
  if (program) return { ok: true, program, argv: [interpreter, ...rest], path };
  self.session.unknownProgram ??= interpreter;
  return { ok: false, status: 127, text: `${interpreter}: not found (${notPlayed})` };
}
