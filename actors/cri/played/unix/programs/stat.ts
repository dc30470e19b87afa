import { errorTexts, hasFailed } from "../files/errno.ts";
import { type FileNode, modeText, ownerName, sizeOf } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { formatDate } from "./_dates.ts";

/** Says what is known of files. */
export const stat: Program = {
  names: ["stat"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "c:Lt", { format: "c" });
    const form = flags.get("c");
    let status = rest.length === 0 ? 1 : 0;
    for (const name of rest) {
      const node = self.kernel.host.tree.find(resolvePath(self.folder, name), !flags.has("L"));
      if (hasFailed(node)) {
        yield* complain(self, `can't stat '${name}': ${errorTexts[node.error]}`);
        status = 1;
      } else yield* print(self, form === undefined ? allOf(name, node) : `${formatted(form, name, node)}\n`);
    }
    return status;
  },
};

const kinds = { file: "regular file", folder: "directory", link: "symbolic link", special: "character special file" };
const octal = (mode: number) => (mode & 0o7777).toString(8);

function formatted(form: string, name: string, node: FileNode): string {
  const { uid = 0, gid = 0 } = node;
  const parts: Readonly<Record<string, string>> = {
    ...{ n: name, s: String(sizeOf(node)), a: octal(node.mode), A: modeText(node), F: kinds[node.kind] },
    ...{ u: String(uid), g: String(gid), U: ownerName(uid), G: ownerName(gid), h: node.kind === "folder" ? "2" : "1" },
    ...{ Y: String(Math.floor(node.modifiedMs / 1000)), y: timeText(node), "%": "%" },
  };
  return form.replace(/%(.)/g, (whole, letter: string) => parts[letter] ?? whole);
}

function timeText({ modifiedMs }: FileNode): string {
  return formatDate(new Date(modifiedMs), "%F %T.%N %z");
}

function allOf(name: string, node: FileNode): string {
  const { uid = 0, gid = 0, kind, mode } = node;
  const shown = kind === "link" ? `'${name}' -> '${node.target}'` : name;
  const who = (id: number) => `(${String(id).padStart(5)}/${ownerName(id).padStart(8)})`;
  const blocks = Math.ceil(sizeOf(node) / 512);
  return [
    `  File: ${shown}`,
    `  Size: ${String(sizeOf(node)).padEnd(10)}\tBlocks: ${String(blocks).padEnd(10)} IO Block: 4096   ${kinds[kind]}`,
    `Access: (${octal(mode).padStart(4, "0")}/${modeText(node)})  Uid: ${who(uid)}   Gid: ${who(gid)}`,
    ...["Access", "Modify", "Change"].map((what) => `${what}: ${timeText(node)}`),
    "",
  ].join("\n");
}
