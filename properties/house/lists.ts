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

/** A list of what each file of a folder exports under its own name and a suffix. */
interface ListedConsts {
  readonly folder: string;
  readonly file: string;
  readonly suffix: string;
}

/** The rules of kinds are listed apart, for those who know kinds by name do not load them. */
const listedConsts: readonly ListedConsts[] = [
  ...listedFolders.map((folder) => ({ folder, file: "all.ts", suffix: "" })),
  { folder: "actors/api/kinds", file: "all_rules.ts", suffix: "Rules" },
];

/** The folders of control loops: which account each writes as is listed apart, for those who do not load the loops. */
const loopFolders: readonly string[] = ["actors/controllers/cloud_loops", "actors/controllers/loops"];

/** The lists that the listed folders ought to have; none for a folder without members. */
export function listsOf(files: readonly HouseFile[]): HouseFile[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return [
    ...listedConsts.map((listed) => ({ ...listed, members: membersOf(files, listed), write: listText })),
    ...loopFolders.map((folder) => {
      const members = membersOf(files, { folder, suffix: "" });
      const write = () => accountsText(members.map(({ file }) => texts.get(`${folder}/${file}`) ?? ""));
      return { folder, file: "accounts.ts", members, write };
    }),
  ]
    .filter(({ members }) => members.length > 0)
    .map(({ folder, file, members, write }) => ({ path: `${folder}/${file}`, text: write(members) }));
}

/** The members of listed folders that do not export a const that a list needs. */
export function membersWithoutConst(files: readonly HouseFile[]): { path: string; name: string }[] {
  const found: { path: string; name: string }[] = [];
  for (const listed of listedConsts) {
    const { folder } = listed;
    const members = new Map(membersOf(files, listed).map((member) => [`${folder}/${member.file}`, member.name]));
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

function membersOf(files: readonly HouseFile[], { folder, suffix }: Omit<ListedConsts, "file">): Member[] {
  return files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .map(({ path }) => path.slice(folder.length + 1))
    .filter((file) => /^[a-z0-9][a-z0-9_]*\.ts$/.test(file) && !isList(file) && !file.endsWith("_test.ts"))
    .sort(byNaturalOrder)
    .map((file) => ({ file, name: `${camelCase(file.slice(0, -".ts".length))}${suffix}` }));
}

const isList = (file: string) => ["all.ts", "all_rules.ts", "accounts.ts"].includes(file);

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

/** @param loops the texts of the loops' files */
function accountsText(loops: readonly string[]): string {
  const said = (text: string, field: string) => new RegExp(`^ {2}${field}: "([^"]*)",$`, "m").exec(text)?.[1];
  const lines = loops.map((text) => {
    const account = said(text, "account") ?? said(text, "component");
    return `  ["${said(text, "name")}", "${account}"],\n`;
  });
  const opening = "// Written by `npm run fix`: each loop says it of itself.\n\n";
  return `${opening}/** The loops of this folder, and which account each writes as; empty: as its manager. */\nexport const accounts = [\n${lines.join("")}] as const;\n`;
}
