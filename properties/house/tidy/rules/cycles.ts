import { type Finding, type HouseFile, isCode, type Rule } from "../house.ts";
import { resolvePath } from "../import_table.ts";
import { importsOf } from "../source.ts";

interface Edge {
  readonly target: string;
  readonly line: number;
  /** Whether the import leaves nothing at run time and stays within one folder. */
  readonly local: boolean;
}

/**
 * No import cycles. Types of one folder may name each other in a circle: they are one thought, and nothing of the
 * circle is left at run time.
 */
export const cycles: Rule = {
  name: "cycles",
  check: (files) => {
    const edges = new Map(files.filter((file) => isCode(file.path)).map((file) => [file.path, edgesOf(file)]));
    const findings: Finding[] = [];
    const state = new Map<string, "open" | "done">();
    const trail: string[] = [];
    const visit = (path: string): void => {
      state.set(path, "open");
      trail.push(path);
      for (const { target, line, local } of edges.get(path) ?? []) {
        if (local || !edges.has(target)) continue;
        if (state.get(target) === undefined) visit(target);
        else if (state.get(target) === "open") {
          const circle = [...trail.slice(trail.indexOf(target)), target].join(" -> ");
          findings.push({ path, line, text: `import cycle ${circle}, move what both need to a file of its own` });
        }
      }
      trail.pop();
      state.set(path, "done");
    };
    for (const path of edges.keys()) if (!state.has(path)) visit(path);
    return findings;
  },
};

function edgesOf({ path, text }: HouseFile): Edge[] {
  return importsOf(text)
    .filter((found) => found.specifier.startsWith("."))
    .map((found) => {
      const target = resolvePath(path, found.specifier);
      return { target, line: found.line, local: found.kind === "type" && folderOf(target) === folderOf(path) };
    });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
