import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { tsImport } from "tsx/esm/api";
import { childSpecs } from "../cluster/child_specs.ts";
import { topologyDefault } from "../cluster/create_cluster.ts";
import { assertImageFolder, imageFolderPath } from "../cluster/image_folder.ts";
import { InputError, messageOf } from "../cluster/input_error.ts";
import { isScenario, type Scenario } from "../script/scenario.ts";
import { all } from "../walkthroughs/all.ts";

/** The scenarios that come with the command. */
export const knownScenarios: readonly Scenario[] = all;

/**
 * The scenario of that name, or the one that a file exports.
 *
 * @throws InputError when there is none
 */
export async function findScenario(nameOrFile: string): Promise<Scenario> {
  const known = knownScenarios.find(({ name }) => name === nameOrFile.replaceAll("_", "-"));
  if (known) return known;
  const found = await stat(nameOrFile).catch(() => undefined);
  if (found?.isFile()) return loadScenario(nameOrFile);
  if (found) throw new InputError(`Cannot run ${nameOrFile}: it is no file`);
  if (/[/\\]|\.[cm]?[jt]s$/.test(nameOrFile)) throw new InputError(`Cannot run ${nameOrFile}: there is no such file`);
  const names = knownScenarios.map(({ name }) => name).join(", ");
  const advice = `give a file that exports one, or name one of: ${names}`;
  throw new InputError(`Cannot run "${nameOrFile}": there is no such scenario, ${advice}`);
}

async function loadScenario(file: string): Promise<Scenario> {
  let module: Readonly<Record<string, unknown>>;
  try {
    // Not by a plain import: the file may be in a package that says that its modules are CommonJS.
    module = await tsImport(pathToFileURL(resolve(file)).href, import.meta.url);
  } catch (error) {
    throw new InputError(`Cannot run ${file}: it throws when it is loaded: ${messageOf(error)}`, { cause: error });
  }
  const scenario = exportedBy(module, file);
  try {
    childSpecs({ ...topologyDefault, ...scenario.topology });
    if (scenario.images !== undefined) await assertImageFolder(imageFolderPath(scenario.images));
  } catch (error) {
    throw new InputError(`Cannot run ${file}: ${messageOf(error)}`, { cause: error });
  }
  return scenario;
}

/** The default export, or the only one: files of the walkthroughs' folder have no default. */
function exportedBy(module: Readonly<Record<string, unknown>>, file: string): Scenario {
  if (isScenario(module.default)) return module.default;
  // A file that is taken for CommonJS has all its exports in its default one.
  const candidates = [...Object.values(module), ...Object.values(module.default ?? {})];
  const [scenario, ...others] = [...new Set(candidates.filter(isScenario))];
  if (scenario && others.length === 0) return scenario;
  if (!scenario) {
    throw new InputError(`Cannot run ${file}: it exports no scenario, write "export default scenario({ ... }, ...)"`);
  }
  const names = [scenario, ...others].map(({ name }) => name).join(", ");
  throw new InputError(`Cannot run ${file}: it exports several scenarios (${names}), make one of them the default`);
}
