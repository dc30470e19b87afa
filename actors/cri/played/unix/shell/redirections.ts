import { type ErrorName, errorTexts } from "../files/errno.ts";
import { openPath, setFile } from "../kernel/io.ts";
import { release } from "../kernel/kernel.ts";
import { type OpenFile, openText } from "../kernel/open_file.ts";
import type { Running } from "../kernel/process.ts";
import { expandText } from "./expansion.ts";
import { type Shell, shellComplains } from "./shell.ts";
import type { Redirection } from "./syntax.ts";

/** The descriptors of a process, copied: closed with `closeFiles` by whom they are not handed on to. */
export function copiedFiles(files: ReadonlyMap<number, OpenFile>): Map<number, OpenFile> {
  for (const file of files.values()) file.holders++;
  return new Map(files);
}

/** Lets go of descriptors. */
export function closeFiles(files: ReadonlyMap<number, OpenFile>): void {
  for (const file of files.values()) release(file);
}

/** Closes what was opened for a command that is over: all but the first so many. */
export function closeOpened({ self, opened }: Shell, count: number): void {
  for (const descriptor of opened.splice(count)) {
    const file = self.files.get(descriptor);
    self.files.delete(descriptor);
    if (file) release(file);
  }
}

/** Carries out redirections in a set of descriptors; `false` when one failed, which has been complained of. */
export function* redirect(
  shell: Shell,
  files: Map<number, OpenFile>,
  redirections: readonly Redirection[],
): Running<boolean> {
  for (const { descriptor, operator, target } of redirections) {
    const text = yield* expandText(shell, target);
    if (operator === "<<") {
      setFile(files, descriptor, openText(text));
      continue;
    }
    if ((operator === "<&" || operator === ">&") && text === "-") {
      const file = files.get(descriptor);
      files.delete(descriptor);
      if (file) release(file);
      continue;
    }
    const opened = operator === "<&" || operator === ">&" ? duplicate(files, text) : open(shell, operator, text);
    if (!("error" in opened)) {
      setFile(files, descriptor, opened);
      continue;
    }
    const what =
      operator === "<" ? "can't open" : operator === "<&" || operator === ">&" ? "bad descriptor" : "can't create";
    yield* shellComplains(shell, `${what} ${text}: ${describe(opened.error, operator)}`);
    return false;
  }
  return true;
}

function open({ self }: Shell, operator: string, path: string): OpenFile | { readonly error: ErrorName } {
  if (operator === "<") return openPath(self, path, { canRead: true, canWrite: false });
  if (operator === "<>") return openPath(self, path, { canRead: true, canWrite: true, creates: true });
  const isAppended = operator === ">>";
  return openPath(self, path, {
    ...{ canRead: false, canWrite: true, creates: true },
    ...{ appends: isAppended, truncates: !isAppended },
  });
}

function duplicate(files: ReadonlyMap<number, OpenFile>, text: string): OpenFile | { readonly error: ErrorName } {
  return (/^\d+$/.test(text) ? files.get(Number(text)) : undefined) ?? { error: "EBADF" };
}

/** As shells shorten it. */
function describe(error: ErrorName, operator: string): string {
  if (error !== "ENOENT") return errorTexts[error];
  return operator === "<" ? "no such file" : "nonexistent directory";
}
