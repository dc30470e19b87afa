import { ownValue } from "../../../../api/types.ts";
import { errorTexts, hasFailed } from "../files/errno.ts";
import type { FileNode } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { matches, parseGlob } from "../patterns/glob.ts";

type Test = (name: string, node: FileNode) => boolean;

interface Wish {
  /** Of one of these each has to hold. */
  readonly choices: readonly (readonly Test[])[];
  readonly depthMin: number;
  readonly depthMax: number;
  readonly end: string;
}

const letters = { f: "file", d: "folder", l: "link", c: "special" } as const;

/** Looks for files by their names and kinds. */
export const find: Program = {
  names: ["find"],
  *run(self) {
    const words = self.argv.slice(1);
    const places: string[] = [];
    while (words[0] !== undefined && !words[0].startsWith("-") && words[0] !== "!") places.push(words.shift() ?? "");
    const wish = wishOf(words);
    if (typeof wish === "string") {
      yield* complain(self, `unrecognized: ${wish} (kubetroupe plays this container and knows no such option)`);
      return 1;
    }
    let status = 0;
    for (const place of places.length === 0 ? ["."] : places) {
      const node = self.kernel.host.tree.find(resolvePath(self.folder, place), true);
      if (!hasFailed(node)) yield* walk(self, { path: place, node, depth: 0 }, wish);
      else {
        yield* complain(self, `${place}: ${errorTexts[node.error]}`);
        status = 1;
      }
    }
    return status;
  },
};

function wishOf(words: string[]): Wish | string {
  const choices: Test[][] = [[]];
  let isNegated = false;
  const add = (test: Test) => {
    const isWrong = isNegated;
    choices.at(-1)?.push(isWrong ? (name, node) => !test(name, node) : test);
    isNegated = false;
  };
  let [depthMin, depthMax, end] = [0, Number.POSITIVE_INFINITY, "\n"];
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (word === "-print" || word === "-a" || word === "-and") continue;
    if (word === "-o" || word === "-or") choices.push([]);
    else if (word === "!" || word === "-not") isNegated = !isNegated;
    else if (word === "-print0") end = "\0";
    else if (word === "-name" || word === "-iname") add(named(words.shift() ?? "", word === "-iname"));
    else if (word === "-type") {
      const kind = ownValue(letters, words.shift() ?? "");
      add((_name, node) => node.kind === kind);
    } else if (word === "-maxdepth") depthMax = Number(words.shift());
    else if (word === "-mindepth") depthMin = Number(words.shift());
    else return word;
  }
  return { choices, depthMin, depthMax, end };
}

function named(pattern: string, isFolded: boolean): Test {
  const fold = (text: string) => (isFolded ? text.toLowerCase() : text);
  const glob = parseGlob([{ text: fold(pattern), isQuoted: false }]);
  return (name) => matches(glob, fold(name));
}

interface Found {
  readonly path: string;
  readonly node: FileNode;
  readonly depth: number;
}

function* walk(self: Process, { path, node, depth }: Found, wish: Wish): Running<void> {
  if (self.kernel.spend(1)) yield turn;
  const name = path.replace(/\/+$/, "").split("/").at(-1) || "/";
  const isWanted = wish.choices.some((tests) => tests.every((test) => test(name, node)));
  if (depth >= wish.depthMin && isWanted) yield* print(self, `${path}${wish.end}`);
  if (node.kind !== "folder" || depth >= wish.depthMax) return;
  for (const [entry, each] of node.entries) {
    yield* walk(self, { path: `${path.replace(/\/$/, "")}/${entry}`, node: each, depth: depth + 1 }, wish);
  }
}
