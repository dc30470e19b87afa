import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import { mapPlaces } from "./map_places.ts";
import { codeFile, placesIn, scriptFile } from "./script_files.ts";

/** What loads each module of a script, by its absolute path. */
export type Modules = Readonly<Record<string, () => Promise<unknown>>>;

/** So many processes add what they compiled to what the next find. */
const generationsMax = 6;

/**
 * Runs a script of tests in this process, of which no module is loaded yet. Stacks show the places of sources.
 *
 * @param folder the script's, as `testScript` leaves it
 * @param home the top of the project, from where packages are found by their names
 */
export function startScript(folder: string, home: string): Modules {
  const path = join(folder, scriptFile);
  const generation = lastGeneration(folder);
  const compiler = cachedDataVersionTag();
  const cachedData = generation === 0 ? undefined : codeOf(folder, generation);
  // A byte a letter: read otherwise it would be another text, and V8 would compile it anew.
  const script = new Script(readFileSync(path, "latin1"), { filename: path, ...(cachedData ? { cachedData } : {}) });
  const own = createRequire(join(home, "package.json"));
  const module: { exports: Modules } = { exports: {} };
  const resolve = (name: string) => pathToFileURL(own.resolve(name)).href;
  script.runInThisContext()(module, own, (name: string) => import(name), namespaceOf, resolve);
  showSources(folder, path);
  // What V8 compiles before a script runs lacks the functions in it, which it compiles when they are first called: what
  // one process called is most of what the next will.
  if (generation < generationsMax && script.cachedDataRejected !== true) {
    process.on("exit", () => {
      // Who set flags of V8 has code that others cannot use.
      if (cachedDataVersionTag() === compiler) keepCode(script, folder, generation + 1);
    });
  }
  return module.exports;
}

function lastGeneration(folder: string): number {
  const numbers = readdirSync(folder).map((name) => Number(/^code-(\d+)$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

function codeOf(folder: string, generation: number): Buffer | undefined {
  try {
    return readFileSync(join(folder, codeFile(generation)));
  } catch {
    // Another process has just put the next in its place.
    return undefined;
  }
}

function keepCode(script: Script, folder: string, generation: number): void {
  const path = join(folder, codeFile(generation));
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, path);
    rmSync(join(folder, codeFile(generation - 1)), { force: true });
  } catch {
    // The folder is gone or full: processes start as they did.
  }
}

const namespaces = new WeakMap<object, object>();

/** What `import` gives of what `require` gave. */
function namespaceOf(exported: unknown): unknown {
  if (types.isModuleNamespaceObject(exported)) return exported;
  if (exported === null || (typeof exported !== "object" && typeof exported !== "function"))
    return { default: exported };
  const known = namespaces.get(exported);
  if (known) return known;
  const made = { default: exported };
  for (const key of Object.getOwnPropertyNames(exported)) {
    if (key !== "default")
      Object.defineProperty(made, key, { get: () => Reflect.get(exported, key), enumerable: true });
  }
  namespaces.set(exported, made);
  return made;
}

function showSources(folder: string, script: string): void {
  let map: ((text: string) => string) | undefined;
  Error.prepareStackTrace = (error: Error, sites) => {
    const stack = [headOf(error), ...sites.map((site) => `    at ${String(site)}`)].join("\n");
    if (!stack.includes(script)) return stack;
    map ??= mapPlaces(script, placesIn(folder));
    return map(stack);
  };
}

/** How Node begins a stack: its own errors show their code. */
function headOf(error: Error): string {
  try {
    const head = Error.prototype.toString.call(error);
    const symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(error));
    const isOfNode = symbols.some(({ description }) => description === "kIsNodeError");
    const { code } = error as NodeJS.ErrnoException;
    return isOfNode && head.startsWith(`${error.name}: `) ? head.replace(":", () => ` [${code}]:`) : head;
  } catch {
    return "<error>";
  }
}
