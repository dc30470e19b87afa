import { errorTexts, hasFailed } from "../files/errno.ts";
import { type FileNode, modeText, ownerName, sizeOf } from "../files/file_node.ts";
import { fileNumber } from "../files/file_numbers.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { monthDay } from "./_dates.ts";

type Named = readonly [name: string, node: FileNode];

/** Lists folders. */
export const ls: Program = {
  names: ["ls"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "1aAlhdRtrSnFi");
    const folders: Named[] = [];
    const others: Named[] = [];
    let status = 0;
    for (const name of rest.length === 0 ? ["."] : rest) {
      const node = self.kernel.host.tree.find(resolvePath(self.folder, name), flags.has("l") && !name.endsWith("/"));
      if (hasFailed(node)) {
        yield* complain(self, `${name}: ${errorTexts[node.error]}`);
        status = 1;
      } else (node.kind === "folder" && !flags.has("d") ? folders : others).push([name, node]);
    }
    yield* list(self, others, flags);
    for (let index = 0; index < folders.length; index++) {
      const [name, node] = folders[index] ?? [];
      if (name === undefined || node?.kind !== "folder") continue;
      const hasTitle = folders.length + others.length > 1 || flags.has("R");
      if (hasTitle) yield* print(self, `${index > 0 || others.length > 0 ? "\n" : ""}${name}:\n`);
      const isShown = ([each]: Named) => flags.has("a") || flags.has("A") || !each.startsWith(".");
      const entries = [...node.entries].filter(isShown);
      if (flags.has("a")) entries.push([".", node], ["..", node]);
      if (flags.has("l"))
        yield* print(self, `total ${Math.ceil(entries.reduce((sum, [, each]) => sum + sizeOf(each), 0) / 1024)}\n`);
      yield* list(self, entries, flags);
      if (!flags.has("R")) continue;
      const inner = entries.filter(([each, { kind }]) => kind === "folder" && each !== "." && each !== "..");
      folders.splice(
        index + 1,
        0,
        ...inner.map(([each, folder]): Named => [`${name.replace(/\/$/, "")}/${each}`, folder]),
      );
    }
    return status;
  },
};

function* list(self: Process, entries: readonly Named[], flags: ReadonlyMap<string, string>): Running<void> {
  const byName = ([a]: Named, [b]: Named) => (a < b ? -1 : a > b ? 1 : 0);
  const order = flags.has("t")
    ? ([, a]: Named, [, b]: Named) => b.modifiedMs - a.modifiedMs
    : flags.has("S")
      ? ([, a]: Named, [, b]: Named) => sizeOf(b) - sizeOf(a)
      : byName;
  const sorted = [...entries].sort(byName).sort(order);
  if (flags.has("r")) sorted.reverse();
  for (const [name, node] of sorted) {
    if (self.kernel.spend(1)) yield turn;
    const target = node.kind === "link" && flags.has("l") ? ` -> ${node.target}` : "";
    const mark = flags.has("F") && node.kind === "folder" ? "/" : "";
    const number = flags.has("i") ? `${String(fileNumber(self.kernel.host.tree, node)).padStart(7)} ` : "";
    yield* print(
      self,
      `${number}${flags.has("l") ? `${detailsOf(node, flags.has("n"))} ` : ""}${name}${mark}${target}\n`,
    );
  }
}

function detailsOf(node: FileNode, isNumeric: boolean): string {
  const links = node.kind === "folder" ? 2 : 1;
  const [uid, gid] = [node.uid ?? 0, node.gid ?? 0].map((id) => (isNumeric ? String(id) : ownerName(id)).padEnd(8));
  return `${modeText(node)}${String(links).padStart(5)} ${uid} ${gid} ${String(sizeOf(node)).padStart(9)} ${monthDay(node.modifiedMs)}`;
}
