import { posix } from "node:path";
import type { HouseFile } from "../tidy/house.ts";

/** What runs in one process: the paths of its files of tests, in their order. */
export type Group = readonly string[];

/** How files come together. */
export interface GroupOptions {
  /** How long a file took when it last ran here; undefined where that is not known. */
  readonly msOf: (path: string) => number | undefined;
  /** How many files share a process. Default: 16, and fewer where that leaves a processor of two without work. */
  readonly filesMax?: number;
  /** How long the files of a process take together, as far as that is known. Default: 30 seconds. */
  readonly msMax?: number;
}

/** Node's modules that reach out of a process, or into its insides: who uses them has a process alone. */
const reaching = /^node:(cluster|dgram|dns|http|http2|https|inspector|net|repl|test|tls|v8|worker_threads)(\/|$)/;

/** Words of who starts real threads, or changes the process that it is in. */
const ownWords = /["'](thread|pool)["']|\bprocess\.[a-z]|\bglobalThis\b/;

/** What is only asked of a process: who does so leaves it to others as it was. */
const questions =
  /\bprocess\.(?:pid|platform|arch|execPath|version|getuid|cwd)\b|(?<!delete )\bprocess\.env(?:\.\w+)?(?![\w.[]|\s*\??\??=[^=])/g;

/** What is imported of types alone is not loaded. */
const typesAlone = /\b(?:import|export) type [^;"']*\bfrom\s*["'][^"']+["']/g;

/**
 * An `import()` of what has its name at run time only: such a file needs a loader of sources in its process. What is
 * only a text of another program has a space before the parenthesis.
 */
const importsByName = /\bimport\((?!["'])/;

/** Whether a file of tests with this text is loaded as it is, and not from a bundle. */
export function needsSources(text: string): boolean {
  return importsByName.test(text);
}

const wrappers = "properties/house/test.ts";

/**
 * Which of these files of tests share a process, and which have one alone. Those that only compute share: neither such
 * a file, nor a rig that it imports, names real threads, sockets, or what it changes of the process. Neighbours
 * come together, since they load the same modules; what takes longer than a group may take has a process alone.
 */
export function groupsOf(tests: readonly string[], house: readonly HouseFile[], options: GroupOptions): Group[] {
  const { msOf, msMax = 30_000 } = options;
  const isShared = sharing(house);
  const filesMax = options.filesMax ?? Math.max(4, Math.min(16, Math.ceil(tests.filter(isShared).length / 2)));
  const groups: string[][] = [];
  let open: { readonly files: string[]; ms: number } | undefined;
  for (const path of tests.toSorted()) {
    const ms = msOf(path) ?? msMax / filesMax;
    if (!isShared(path) || ms > msMax) {
      groups.push([path]);
      continue;
    }
    if (!open || open.files.length === filesMax || open.ms + ms > msMax) {
      open = { files: [], ms: 0 };
      groups.push(open.files);
    }
    open.files.push(path);
    open.ms += ms;
  }
  return groups;
}

/**
 * Which file is told of under this name. In a shared process it is a test that is named after it; one that has a
 * process alone is told of by what that runs. That a shared process has ended is told of too, and tells of no file.
 *
 * @param groups by the absolute path of what a process runs, what its group is
 */
export function fileToldOf(name: string, groups: ReadonlyMap<string, Group>): string | undefined {
  const [alone, ...others] = groups.get(name) ?? [];
  if (alone !== undefined) return others.length === 0 ? alone : undefined;
  return [...groups.values()].some((group) => group.includes(name)) ? name : undefined;
}

/** Tells of a file of tests whether it may share its process. */
function sharing(house: readonly HouseFile[]): (path: string) => boolean {
  const texts = new Map(house.map(({ path, text }) => [path, text]));
  const importsOf = (path: string): string[] =>
    specifiersOf((texts.get(path) ?? "").replace(typesAlone, "")).map((name) =>
      name.startsWith(".") ? posix.join(posix.dirname(path), name) : name,
    );
  const known = new Map<string, boolean>();
  const isQuiet = (path: string): boolean => {
    const found = known.get(path);
    if (found !== undefined) return found;
    // In a circle, what the others say decides.
    known.set(path, true);
    const imports = importsOf(path);
    const quiet =
      !ownWords.test((texts.get(path) ?? "").replace(questions, "")) &&
      !imports.some((name) => reaching.test(name)) &&
      imports.filter(isRig).every(isQuiet);
    known.set(path, quiet);
    return quiet;
  };
  /** Whether tests are declared by our wrappers, there or in a rig that declares them for others. */
  const isWrapped = (path: string): boolean => {
    const imports = importsOf(path);
    return imports.includes(wrappers) || imports.some((name) => isRig(name) && importsOf(name).includes(wrappers));
  };
  return (path) => isWrapped(path) && isQuiet(path) && !needsSources(texts.get(path) ?? "");
}

/** What tests are made with, in difference to what they test. */
function isRig(path: string): boolean {
  return path.startsWith("properties/") && path !== wrappers;
}

/** All that a text may import: more than it does where comments and strings look alike, which does no harm here. */
function specifiersOf(text: string): string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
}
