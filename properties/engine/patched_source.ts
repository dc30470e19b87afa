import { type Node, parse } from "acorn";
import { transform } from "esbuild";
import type { Patch } from "./mutation.ts";

/** Where a mutation is: what its file exports, and the file. */
export interface MutationSource {
  readonly name: string;
  readonly path: string;
}

const [patchPrefix, soundSuffix] = ["patchOf$", "$sound"];

/**
 * The source of a module in which one export is what a mutation makes of it, for the calls inside the module too: the
 * declaration gets another name, and what wraps it takes its own.
 *
 * @throws Error when the module has no such export (any more)
 */
export async function patchedSource(text: string, { module, name }: Patch, mutation: MutationSource): Promise<string> {
  const { code } = await transform(text, { loader: "ts", target: "es2023" });
  const found = exportsOf(code).find((each) => each.name === name);
  if (!found) {
    throw new Error(
      `Cannot patch "${name}" of ${module} for the mutation ${mutation.name}: it declares no such exported function or constant, name one that it has`,
    );
  }
  const { start, idEnd, end, isFunction } = found;
  const [sound, patchName] = [`${name}${soundSuffix}`, `${patchPrefix}${name}`];
  const renamed = `${code.slice(0, start)}${code.slice(start + "export ".length, idEnd)}${soundSuffix}${code.slice(idEnd, end)}`;
  return [
    `import { ${mutation.name} as ${patchName} } from ${JSON.stringify(mutation.path)};`,
    `${renamed}\n${isFunction ? hoisted({ name, sound, patchName }) : `export const ${name} = ${patchName}.patch.wrap(${sound});`}`,
    code.slice(end),
  ].join("\n");
}

/** A function stays one that may be called before its line was reached. */
function hoisted({ name, sound, patchName }: Readonly<Record<"name" | "sound" | "patchName", string>>): string {
  const wrapped = `${name}$wrapped`;
  return [
    `var ${wrapped};`,
    `export function ${name}(...values) { return (${wrapped} ??= ${patchName}.patch.wrap(${sound}))(...values); }`,
  ].join("\n");
}

interface Exported {
  readonly name: string;
  readonly start: number;
  readonly idEnd: number;
  readonly end: number;
  readonly isFunction: boolean;
}

function exportsOf(code: string): Exported[] {
  const { body } = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  return body.flatMap((statement): Exported[] => {
    if (statement.type !== "ExportNamedDeclaration" || !statement.declaration) return [];
    const { declaration, start, end } = statement;
    if (declaration.type === "FunctionDeclaration") return [exported(declaration.id, { start, end, isFunction: true })];
    const [first, ...others] = declaration.type === "VariableDeclaration" ? declaration.declarations : [];
    if (first?.id.type !== "Identifier" || others.length > 0) return [];
    return [exported(first.id, { start, end, isFunction: false })];
  });
}

function exported(id: Node & { readonly name: string }, of: Pick<Exported, "start" | "end" | "isFunction">): Exported {
  return { name: id.name, idEnd: id.end, ...of };
}
