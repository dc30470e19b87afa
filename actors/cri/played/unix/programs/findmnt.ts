import { resolvePath } from "../files/paths.ts";
import type { MountedTree } from "../files/tree_mounts.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

const columns: Readonly<Record<string, (mount: MountedTree) => string>> = {
  TARGET: ({ path }) => path,
  SOURCE: ({ source }) => source,
  FSTYPE: ({ type }) => type,
  OPTIONS: ({ isReadOnly }) => `${isReadOnly ? "ro" : "rw"},relatime`,
  PROPAGATION: ({ propagation = "None" }) =>
    ({ None: "private", HostToContainer: "private,slave", Bidirectional: "shared" })[propagation],
};
const usual = "TARGET,SOURCE,FSTYPE,OPTIONS";
const longNames = { noheadings: "n", output: "o", types: "t", target: "T", mountpoint: "M", list: "l", raw: "r" };

/** Lists what is mounted, or what is mounted at a path; a tree is not drawn. */
export const findmnt: Program = {
  names: ["findmnt"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "no:t:T:M:lrkmsAuf", longNames);
    const { tree } = self.kernel.host;
    const names = (flags.get("o") ?? usual).split(",").map((each) => each.toUpperCase());
    const unknown = names.find((each) => !(each in columns));
    if (unknown !== undefined) {
      yield* complain(self, `unknown column: ${unknown}`);
      return 1;
    }
    const wanted = flags.get("M") ?? rest[0];
    const path = wanted === undefined ? undefined : tree.realPath(resolvePath(self.folder, wanted));
    let found = tree.mounts();
    if (path !== undefined) found = found.filter((each) => each.path === path || each.source === wanted);
    const inside = flags.get("T");
    if (inside !== undefined) {
      const real = tree.realPath(resolvePath(self.folder, inside));
      const around = found.filter((each) => each.path === "/" || `${real}/`.startsWith(`${each.path}/`));
      found = around.sort((a, b) => b.path.length - a.path.length).slice(0, 1);
    }
    const types = flags.get("t")?.split(",");
    if (types) found = found.filter(({ type }) => types.includes(type));
    const rows = found.map((each) => names.map((name) => columns[name]?.(each) ?? ""));
    if (!flags.has("n") && rows.length > 0) rows.unshift(names);
    const widths = names.map((_name, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
    for (const row of rows) {
      const cells = row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)));
      yield* print(self, `${cells.join(" ")}\n`);
    }
    return found.length > 0 ? 0 : 1;
  },
};
