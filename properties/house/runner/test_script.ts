import { existsSync } from "node:fs";
import { builtinModules, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type OutputFile, type Plugin } from "esbuild";
import { isOurs } from "../../../runtime/build/at_home.ts";
import { markUsed } from "../../../runtime/build/cache_limits.ts";
import { ownPlaces, placeWords } from "../../../runtime/build/own_places.ts";
import { fromSources, type Recipe, writeFolder } from "../../../runtime/build/source_cache.ts";
import { projectRoot, shortHash } from "../../../runtime/build/source_files.ts";
import { tableOf } from "./place_table.ts";
import { bootFile, rowsFile, scriptFile, sourcesFile } from "./script_files.ts";

interface Built {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

interface Placed {
  /** The folder in the cache. */
  readonly name: string;
}

/**
 * Makes one script of modules and of all of ours that they import: a process compiles it once, from what V8 compiled
 * of it in an earlier one, and runs of it only the modules that it asks for. Packages are used as they are installed.
 * Cached by the content of the sources.
 *
 * @param modules absolute paths
 * @returns the script's folder; `startScript`, which its `bootFile` has, runs it
 * @throws Error when a module does not build
 */
export async function testScript(modules: readonly string[]): Promise<string> {
  const { value, folder } = await fromSources(scriptRecipe(modules));
  const path = join(folder, value.name);
  await markUsed(path);
  return path;
}

function scriptRecipe(modules: readonly string[]): Recipe<Built, Placed> {
  return {
    name: `tests 3 ${JSON.stringify(modules)}`,
    async make() {
      const [script, boot] = await Promise.all([
        build({ ...settings, ...scriptSettings, stdin: { contents: registryOf(modules), resolveDir: projectRoot } }),
        build({
          ...settings,
          format: "cjs",
          entryPoints: [fileURLToPath(new URL("./script_boot.ts", import.meta.url))],
        }),
      ]);
      const textOf = (files: readonly OutputFile[], ending: string) =>
        files.find(({ path }) => path.endsWith(ending))?.text ?? "";
      const map = JSON.parse(textOf(script.outputFiles, ".map")) as SourceMapPayload;
      const { rows, sources: mapped } = tableOf(map, (source) => join(outdir, source));
      const files = {
        [scriptFile]: Buffer.from(framed(textOf(script.outputFiles, ".js")), "latin1"),
        [bootFile]: textOf(boot.outputFiles, ".js"),
        [rowsFile]: new Uint8Array(rows.buffer),
        [sourcesFile]: JSON.stringify(mapped),
      };
      const inputs = [script, boot].flatMap(({ metafile }) => Object.keys(metafile.inputs));
      const sources = [...new Set(inputs)]
        .filter((input) => !isVirtual(input))
        .map((input) => join(projectRoot, input));
      return { sources, value: { files } };
    },
    async place({ files }, folder) {
      const name = shortHash(Object.entries(files).map(([file, content]) => `${file} ${shortHash([`${content}`])}`));
      await writeFolder(join(folder, name), new Map(Object.entries(files)));
      return { name };
    },
    isUsable: ({ name }, folder) => existsSync(join(folder, name)),
  };
}

/** Where maps lead from. */
const outdir = join(projectRoot, "bundled");
const packageSpace = "package";
const isVirtual = (input: string) => input === "<stdin>" || input.startsWith(`${packageSpace}:`);

/** What a script is given, by name, in the order in which `startScript` gives it. */
const [moduleName, requireName, importName, namespaceName, resolveName] = [
  "$module",
  "require",
  "$import",
  "$namespace",
  "$resolve",
];

function registryOf(modules: readonly string[]): string {
  const lines = modules.map((path) => `${JSON.stringify(path)}: () => import(${JSON.stringify(path)}),`);
  return `${moduleName}.exports = {\n${lines.join("\n")}\n};`;
}

const opening = `(function (${[moduleName, requireName, importName, namespaceName, resolveName].join(", ")}) {`;
const helper = "__toESM";

/** As a function of what a module has and a script has not: all before its end is where esbuild's map has it. */
function framed(text: string): string {
  // esbuild's own takes modules that `require` gives for CommonJS. None has been loaded yet.
  const mended = text.includes(`var ${helper}=`) ? `${helper}=${namespaceName};` : "";
  // Letters of regular expressions are left as they are.
  const code = text.replace(/[^\0-\xff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${code}${mended}})`;
}

/** An `import()` of what has its name at run time only. A script that comes from V8's cache cannot do that. */
const importsByName = /\bimport\((?!["'])/g;

/** What is imported of packages and of Node is a module of its own, which is loaded when one that needs it is. */
const packagesWhenNeeded: Plugin = {
  name: "packages when they are needed",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[^.]/ }, async ({ path, importer, kind, resolveDir, pluginData, namespace }) => {
      if (namespace === packageSpace) return { path, external: true };
      if (kind !== "import-statement" && kind !== "dynamic-import") return undefined;
      if (path.startsWith("node:") || builtinModules.includes(path)) return { path, namespace: packageSpace };
      if (path.startsWith("/") || pluginData === packageSpace || !isOurs(importer)) return undefined;
      const found = await resolve(path, { importer, kind, resolveDir, pluginData: packageSpace });
      return found.errors.length > 0 || !/\.[cm]?js$/.test(found.path)
        ? found
        : { path: `${found.path}${ending}`, namespace: packageSpace };
    });
    onLoad({ filter: /.*/, namespace: packageSpace }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path.replace(ending, ""))});`,
    }));
  },
};

/** Kept apart from the endings by which esbuild tells what kind of module something is. */
const ending = ".package";

const settings = {
  absWorkingDir: projectRoot,
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;

const scriptSettings = {
  // Modules that await at their top are possible in this one only; nothing of it is left but that.
  format: "esm",
  minifyWhitespace: true,
  banner: { js: opening },
  define: { ...placeWords, "import.meta.resolve": resolveName },
  plugins: [
    ownPlaces((text, path) => (path.endsWith("_test.ts") ? text : text.replace(importsByName, `${importName}(`))),
    packagesWhenNeeded,
  ],
  sourcemap: "external",
  sourcesContent: false,
} as const satisfies BuildOptions;
