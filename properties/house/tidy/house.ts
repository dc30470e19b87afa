/** A file of the project: its path from the root, with forward slashes, and its text. */
export interface HouseFile {
  readonly path: string;
  readonly text: string;
}

/** A breach of a house rule. */
export interface Finding {
  readonly path: string;
  /** The line, from 1. */
  readonly line: number;
  /** What is wrong, what to do about it. */
  readonly text: string;
}

/** A house rule: what it finds in a set of files. */
export interface Rule {
  /** What the rule is called in reports. */
  readonly name: string;
  readonly check: (files: readonly HouseFile[]) => Finding[];
}

/** The folders that hold code. */
export const codeFolders = ["actors", "runtime", "scenarios", "properties"] as const;

/** Whether a path is code of ours: a TypeScript or module file in one of the four folders. */
export function isCode(path: string): boolean {
  return /\.(ts|mts|mjs|js)$/.test(path) && codeFolders.some((folder) => path.startsWith(`${folder}/`));
}

/** Whether a path is a file of tests, which most rules about imports and globals leave alone. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts");
}

/** Whether a path was written by a generator: exempt from what only matters to people. */
export function isGenerated(path: string): boolean {
  return /\.generated\.(ts|json)$/.test(path) || /\/all(_rules)?\.ts$/.test(path);
}

/** Whether a path is the real half of a device, a file or a folder: it lives beside its actor, but runs in a host. */
export function isDevice(path: string): boolean {
  return (
    path.startsWith("actors/") &&
    (/_device(\.ts|\/.+\.ts)$/.test(path) || /^actors\/cri\/(modules|containerd)\//.test(path))
  );
}

/**
 * Files in the folders of logic that are no logic, with the reason. They may use node: and clocks; nothing may import
 * them.
 */
export const outsiders: ReadonlyMap<string, string> = new Map([
  ["actors/api/schema/generate.ts", "a developer's generator: it reads npm packages and writes *.generated.ts"],
  ["actors/api/schema/proto_descriptors.ts", "a part of the generator: it reads a kubectl"],
  ["actors/api/schema/protobuf_table.ts", "a part of the generator"],
]);
