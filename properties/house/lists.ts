import type { HouseFile } from "./tidy/house.ts";

/**
 * The folders of alike things. Each file in one exports one const named like the file (`config_map.ts` exports
 * `configMap`); the folder's `all.ts` lists them, and is written by `npm run fix`. To add a thing, add its file.
 *
 * Tests, and parts that several files of the folder share (`_name.ts`), are no members.
 */
export const listedFolders: readonly string[] = [
  "actors/api/kinds",
  "actors/apiserver/admission",
  "actors/apiserver/authentication",
  "actors/apiserver/authorization",
  "actors/apiserver/reviews",
  "actors/apiserver/subresources",
  "actors/apiserver/tables",
  "actors/cri/played/images",
  "actors/cri/played/unix/agnhost",
  "actors/cri/played/unix/programs",
  "actors/kubelet/volumes",
  "actors/cri/played/unix/shell/builtins",
  "actors/cloud/providers",
  "actors/controllers/cloud_loops",
  "actors/controllers/loops",
  "actors/scheduler/plugins",
  "properties/stages/hostile/attacks",
  "properties/suites",
  "properties/invariants",
  "properties/mutations",
  "properties/house/tidy/rules",
  "runtime/faults/kinds",
  "scenarios/bench/benchmarks",
  "scenarios/cli/own_controller/kinds",
  "scenarios/cli/verbs",
  "scenarios/walkthroughs",
];

/** The `all.ts` that each listed folder ought to have; none for a folder without members. */
export function listsOf(files: readonly HouseFile[]): HouseFile[] {
  return listedFolders
    .map((folder) => ({ folder, members: membersOf(files, folder) }))
    .filter(({ members }) => members.length > 0)
    .map(({ folder, members }) => ({ path: `${folder}/all.ts`, text: listText(members) }));
}

/** The members of listed folders that do not export the const that the list needs. */
export function membersWithoutConst(files: readonly HouseFile[]): { path: string; name: string }[] {
  const found: { path: string; name: string }[] = [];
  for (const folder of listedFolders) {
    const members = new Map(membersOf(files, folder).map((member) => [`${folder}/${member.file}`, member.name]));
    for (const { path, text } of files) {
      const name = members.get(path);
      if (name !== undefined && !new RegExp(`^export const ${name}\\b`, "m").test(text)) found.push({ path, name });
    }
  }
  return found;
}

interface Member {
  readonly file: string;
  readonly name: string;
}

function membersOf(files: readonly HouseFile[], folder: string): Member[] {
  return files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .map(({ path }) => path.slice(folder.length + 1))
    .filter((file) => /^[a-z0-9][a-z0-9_]*\.ts$/.test(file) && file !== "all.ts" && !file.endsWith("_test.ts"))
    .sort(byNaturalOrder)
    .map((file) => ({ file, name: camelCase(file.slice(0, -".ts".length)) }));
}

function camelCase(snake: string): string {
  return snake.replace(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

/** By code units, but runs of digits by their number, as the linter sorts imports: v2 before v10. */
function byNaturalOrder(a: string, b: string): number {
  const pad = (file: string): string => file.replace(/\d+/g, (digits) => digits.padStart(12, "0"));
  return pad(a) < pad(b) ? -1 : 1;
}

function listText(members: readonly Member[]): string {
  const imports = members.map(({ file, name }) => `import { ${name} } from "./${file}";\n`).join("");
  const names = members.map(({ name }) => name);
  const oneLine = `export const all = [${names.join(", ")}] as const;`;
  const list = oneLine.length <= 120 ? oneLine : `export const all = [\n  ${names.join(",\n  ")},\n] as const;`;
  return `// Written by \`npm run fix\`: to add to this list, add a file to this folder.\n${imports}\n/** All that this folder has, by file name. */\n${list}\n`;
}
