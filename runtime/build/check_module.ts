import { builtinModules } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import type { ActorDefinition } from "../core/actor.ts";
import type { Permissions } from "../core/permissions.ts";
import type { Cast } from "../hosts/host.ts";
import type { ChildSpec } from "../supervision/child_spec.ts";
import { builtinNeeds } from "./builtin_needs.ts";
import { fromSources, type Recipe } from "./source_cache.ts";
import { absolutePath, portablePath, projectRoot } from "./source_files.ts";

/** One of Node's own modules that an actor's module reaches, and the file that imports it. */
export interface BuiltinReached {
  /** Without `node:`. */
  readonly builtin: string;
  readonly importer: string;
}

/** The innermost package that is installed there. */
const installedIn = /^(?:.*[/\\])?node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;
/** A library that looks at `process` finds the same global without importing it; only our own imports tell intent. */
const excusedInPackages = new Set(["process", "os", "module", "vm", "v8"]);

/**
 * Refuses an actor whose module, through whatever it imports, reaches one of Node's own modules for which the actor
 * holds no permission.
 *
 * @throws Error that names the actor, the module and the permission
 */
export async function checkModule(
  definition: ActorDefinition,
  permissions: Permissions,
  address?: string,
): Promise<void> {
  judgeBuiltins(await builtinsOf(definition.module), permissions, address ?? definition.kind);
}

/** The part of `checkModule` that needs no file: for hosts that look at each module once. */
export function judgeBuiltins(
  reachedBuiltins: readonly BuiltinReached[],
  permissions: Permissions,
  actor: string,
): void {
  for (const { builtin, importer } of reachedBuiltins) {
    const missing = (builtinNeeds[builtin] ?? []).find((name) => (permissions[name] ?? []).length === 0);
    if (missing) {
      throw new Error(
        `Cannot start actor "${actor}": its module "${relative(projectRoot, importer)}" imports "node:${builtin}", permission "${missing}" is not granted for it, add ${missing}: [...] to its definition and to its parents' grants`,
      );
    }
  }
}

/**
 * The same for root actors of a cast that are about to be started; each module is looked at once. What the cast does not
 * know is refused elsewhere.
 */
export function createSpecJudge({ actors }: Cast): (spec: ChildSpec) => Promise<void> {
  const found = new Map<string, Promise<readonly BuiltinReached[]>>();
  return async ({ kind, permissions, name }) => {
    const definition = actors.find((each) => each.kind === kind);
    if (!definition) return;
    const { module } = definition;
    const looking = found.get(module) ?? builtinsOf(module);
    found.set(module, looking);
    judgeBuiltins(await looking, permissions ?? definition.permissions, name);
  };
}

/** Which of Node's own modules the graph of a module reaches; cached by the content of the graph. */
export async function builtinsOf(moduleUrl: string): Promise<readonly BuiltinReached[]> {
  const [recipe] = builtinsRecipes([moduleUrl]);
  return recipe ? (await fromSources(recipe)).value.map(placed) : [];
}

/** The same with the importer's place here instead of its portable path. */
export function placed({ builtin, importer }: BuiltinReached): BuiltinReached {
  return { builtin, importer: absolutePath(importer) };
}

type BuiltinsRecipe = Recipe<readonly BuiltinReached[], readonly BuiltinReached[]>;

/** How that is found out of some modules, whose graphs are read once for all; importers have portable paths. */
export function builtinsRecipes(moduleUrls: readonly string[]): readonly BuiltinsRecipe[] {
  let inputs: Promise<Metafile["inputs"]> | undefined;
  return moduleUrls.map((url) => {
    const file = fileURLToPath(url);
    return {
      name: `builtins 4 ${url}`,
      async make() {
        inputs ??= graphOf(moduleUrls.map((each) => fileURLToPath(each)));
        const all = await inputs;
        const own = moduleUrls.length === 1 ? all : graphFrom(all, file);
        return {
          sources: Object.keys(own).map((path) => join(projectRoot, path)),
          value: reached(own, packageOf(file)),
        };
      },
      place: (found) => found,
    };
  });
}

async function graphOf(entryPoints: string[]): Promise<Metafile["inputs"]> {
  const { metafile } = await build({
    entryPoints,
    absWorkingDir: projectRoot,
    // Nothing is written there; what several modules share is made once.
    outdir: join(projectRoot, "bundles"),
    splitting: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  return metafile.inputs;
}

/** What a file reaches in the graph of a build that it was part of; importers have portable paths. */
export function reachedFrom(inputs: Metafile["inputs"], file: string): readonly BuiltinReached[] {
  return reached(graphFrom(inputs, file), packageOf(file));
}

/** What a file imports, and what that imports, of a graph with more. */
function graphFrom(inputs: Metafile["inputs"], file: string): Metafile["inputs"] {
  const own: Metafile["inputs"] = {};
  const waiting = [relative(projectRoot, file)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const input = inputs[path];
    if (!input || own[path]) continue;
    own[path] = input;
    for (const { path: imported, external } of input.imports) if (!external) waiting.push(imported);
  }
  return own;
}

/** The package that a file belongs to; empty for what is not installed. We may be installed ourselves. */
function packageOf(path: string): string {
  return installedIn.exec(path)?.[0] ?? "";
}

function reached(inputs: Metafile["inputs"], own: string): BuiltinReached[] {
  return Object.entries(inputs).flatMap(([importer, { imports }]) =>
    imports.flatMap(({ path, external }) => {
      const [builtin = ""] = path.replace(/^node:/, "").split("/");
      const isBuiltin = external === true && (path.startsWith("node:") || builtinModules.includes(builtin));
      const isExcused = packageOf(join(projectRoot, importer)) !== own && excusedInPackages.has(builtin);
      return isBuiltin && !isExcused ? [{ builtin, importer: portablePath(join(projectRoot, importer)) }] : [];
    }),
  );
}
