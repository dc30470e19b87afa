import { readImages } from "./image_catalogue.ts";
import type { ModuleImages } from "./module_images.ts";
import { type SimulatedRunnerOptions, simulatedRunners } from "./simulated_runner.ts";

/**
 * Reads a folder's worker images for simulations: their containers run in virtual time. It can serve any number of
 * simulations, one after the other or side by side.
 *
 * @throws the error of the file system when the folder cannot be read
 *
 * @example
 * const cri = containerRuntime({ modules: await simulatedModules("scenarios/images") })
 */
export async function simulatedModules(folder: string, options: SimulatedRunnerOptions = {}): Promise<ModuleImages> {
  const [catalogue, runners] = await Promise.all([readImages(folder), simulatedRunners()]);
  return {
    isVirtual: true,
    find: (reference, done) => done(catalogue.owns(reference) ? catalogue.find(reference) : undefined),
    runner: (world) => runners(world, options),
  };
}
