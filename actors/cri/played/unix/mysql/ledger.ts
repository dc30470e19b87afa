import { hasFailed } from "../files/errno.ts";
import type { Process } from "../kernel/process.ts";

/** A statement that has changed something. */
export interface Entry {
  readonly atMs: number;
  readonly database?: string | undefined;
  readonly sql: string;
}

/** Where a server keeps what it has. */
export const dataFolder = "/var/lib/mysql";
/** The name of the file that has all statements that have changed something: it is played anew when a server starts. */
export const ledgerName = "binlog.000001";
const ledgerPath = `${dataFolder}/${ledgerName}`;
/** No more than that is kept. */
export const ledgerBytesMax = 8 * 1024 * 1024;

/** The text of a file; nothing where there is none. */
export function textAt({ kernel }: Process, path: string): string {
  const node = kernel.host.tree.find(path);
  return !hasFailed(node) && node.kind === "file" ? node.bytes : "";
}

/** Writes a file; false where it cannot be written. */
export function writeText({ kernel }: Process, path: string, text: string): boolean {
  const node = kernel.host.tree.fileToWrite(path, true);
  return !hasFailed(node) && node.kind === "file" && !hasFailed(kernel.host.tree.setBytes(node, text) ?? {});
}

/** All that a ledger has, as text. */
export const ledgerText = (self: Process): string => textAt(self, ledgerPath);

/** The entries of a text, which begins with one. */
export function entriesIn(text: string): Entry[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as Entry];
    } catch {
      return [];
    }
  });
}

/** Adds entries to a ledger; false where it cannot be written, or holds no more. */
export function note(self: Process, entries: readonly Entry[]): boolean {
  const text = ledgerText(self) + entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  return text.length <= ledgerBytesMax && writeText(self, ledgerPath, text);
}

/** Whether somebody has made a database in the folder. */
export function isMade({ kernel }: Process): boolean {
  return !hasFailed(kernel.host.tree.find(`${dataFolder}/mysql`));
}

/** Makes the folders of an empty database. */
export function make({ kernel }: Process): void {
  for (const name of ["mysql", "performance_schema", "sys"]) kernel.host.tree.makeFolders(`${dataFolder}/${name}`);
}

/** A text as a statement has it. */
export function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
