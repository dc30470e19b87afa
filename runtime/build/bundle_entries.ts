import { dirname, join, relative } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { portablePath, projectRoot, shortHash } from "./source_files.ts";
import { moduleWords, workerCode, workerFrame } from "./worker_code.ts";

/** What is bundled: a module that is on no disk. */
export interface BundleEntry {
  readonly name: string;
  readonly text: string;
}

/** A bundle's code, wherever it will lie, and the map to its sources by their portable paths. */
export interface Built {
  /** The entry's, or that of what is loaded late. */
  readonly name: string;
  readonly code: string;
  readonly map: BundleMap;
}

/** A map as esbuild makes it. */
export interface BundleMap {
  readonly sources: readonly string[];
}

/** All bundles of some entries, and what they were made of. */
export interface BuiltEntries {
  readonly built: readonly Built[];
  /** By path from the project's root; what is loaded late is an import as others are. */
  readonly inputs: Metafile["inputs"];
}

/** One round: what was built, and what has to be built now because it is loaded late. */
interface Round extends BuiltEntries {
  readonly late: readonly string[];
}

const entrySpace = "entry";
const outdir = join(projectRoot, "bundles");

/**
 * Bundles entries side by side, so that each source is read once. What ours load late (`import()`) is a bundle of its
 * own, which a worker runs when it first comes to that: most workers never do.
 *
 * @throws Error when a module does not build
 */
export async function bundleEntries(entries: readonly BundleEntry[]): Promise<BuiltEntries> {
  const late = new Set<string>();
  const first = await buildRound(
    entries.map(({ name }) => ({ in: `${entrySpace}:${name}`, out: name })),
    entries,
  );
  const rounds = [first];
  for (let { late: wanted } = first; wanted.length > 0; ) {
    for (const path of wanted) late.add(path);
    const round = await buildRound(
      wanted.map((path) => ({ in: path, out: lateName(path) })),
      [],
    );
    rounds.push(round);
    wanted = round.late.filter((path) => !late.has(path));
  }
  return {
    built: rounds.flatMap(({ built }) => built),
    inputs: Object.assign({}, ...rounds.map(({ inputs }) => inputs)),
  };
}

async function buildRound(
  entryPoints: { readonly in: string; readonly out: string }[],
  entries: readonly BundleEntry[],
): Promise<Round> {
  const late = new Set<string>();
  const { outputFiles, metafile } = await build({
    ...settings,
    entryPoints,
    plugins: [virtualEntries(entries), apart(late)],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [relative(outdir, path), text]));
  const built = entryPoints.map(async ({ out: name }): Promise<Built> => {
    const [code, mapText] = [texts.get(`${name}.cjs`), texts.get(`${name}.cjs.map`)];
    if (!code || !mapText) throw new Error(`Cannot bundle "${name}": esbuild gave no code, check its version`);
    const map = JSON.parse(mapText) as BundleMap;
    const sources = map.sources.map((source) => portablePath(join(outdir, source)));
    return { name, code: await workerCode(code), map: { ...map, sources } };
  });
  return { built: await Promise.all(built), inputs: withLate(metafile.inputs, late), late: [...late] };
}

/** The file that what is loaded late comes to be in is named by its module: who loads it is bundled before. */
function lateName(path: string): string {
  return `late-${shortHash([portablePath(path)])}`;
}

/** Imports of what was left out lead to it, and the entries are no sources. */
function withLate(inputs: Metafile["inputs"], late: ReadonlySet<string>): Metafile["inputs"] {
  const paths = new Map([...late].map((path) => [lateUrl(path), relative(projectRoot, path)]));
  const known = Object.entries(inputs).filter(([path]) => !path.startsWith(`${entrySpace}:`));
  return Object.fromEntries(
    known.map(([path, input]) => {
      const imports = input.imports.map((each) => {
        const found = paths.get(each.path);
        return found === undefined ? each : { path: found, kind: each.kind };
      });
      return [path, { ...input, imports }];
    }),
  );
}

const lateUrl = (path: string) => `./${lateName(path)}.cjs`;

function virtualEntries(entries: readonly BundleEntry[]): Plugin {
  const texts = new Map(entries.map(({ name, text }) => [name, text]));
  return {
    name: "entries",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^entry:/ }, ({ path }) => ({
        path: path.slice(entrySpace.length + 1),
        namespace: entrySpace,
      }));
      onLoad({ filter: /.*/, namespace: entrySpace }, ({ path }) => ({
        contents: texts.get(path) ?? "",
        resolveDir: projectRoot,
        loader: "ts",
      }));
    },
  };
}

/** Leaves out what ours load late, and writes down what that is. */
function apart(late: Set<string>): Plugin {
  return {
    name: "late modules apart",
    setup({ onResolve }) {
      onResolve({ filter: /^\..*\.ts$/ }, ({ path, kind, importer }) => {
        if (kind !== "dynamic-import") return undefined;
        const whole = join(dirname(importer), path);
        late.add(whole);
        return { path: lateUrl(whole), external: true };
      });
    },
  };
}

const settings = {
  absWorkingDir: projectRoot,
  outdir,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // Names stay: they are what people read in a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  define: { "process.env.NODE_ENV": '"production"', ...moduleWords },
  banner: { js: workerFrame.opening },
  footer: { js: workerFrame.closing },
  legalComments: "none",
  sourcemap: "external",
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: "silent",
} as const satisfies BuildOptions;
