import { type Finding, isCode, type Rule } from "../house.ts";
import { type ImportRow, importTable, packageOf, resolvePath } from "../import_table.ts";
import { type ImportFound, importsOf } from "../source.ts";

/** Who may import whom: the import table of the house. */
export const imports: Rule = {
  name: "imports",
  check: (files) => {
    const paths = new Set(files.map((file) => file.path));
    const findings: Finding[] = [];
    for (const { path, text } of files) {
      if (!isCode(path)) continue;
      const row = importTable.find((candidate) => candidate.covers(path));
      if (row === undefined) continue;
      for (const found of importsOf(text)) {
        const wrong = found.specifier.startsWith(".")
          ? judgeOurs(path, found, { row, paths })
          : judgePackage(found, row);
        if (wrong !== undefined) findings.push({ path, line: found.line, text: wrong });
      }
    }
    return findings;
  },
};

function judgeOurs(
  path: string,
  found: ImportFound,
  { row, paths }: { row: ImportRow; paths: ReadonlySet<string> },
): string | undefined {
  const target = resolvePath(path, found.specifier);
  if (!paths.has(target)) return `"${found.specifier}" names no file, write the path with its extension`;
  if (row.mayImport(target, path, found.kind)) return undefined;
  return `${row.name} may not import ${target}, ${row.advice}`;
}

function judgePackage(found: ImportFound, row: ImportRow): string | undefined {
  if (row.packages === "any" || row.packages.includes(packageOf(found.specifier))) return undefined;
  return `${row.name} may not import "${found.specifier}", ${row.advice}`;
}
