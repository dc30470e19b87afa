import { fileURLToPath } from "node:url";
import type { ModuleImages } from "../../actors/container_runtime/module_device/module_images.ts";
import { simulatedModules } from "../../actors/container_runtime/module_device/simulated_modules.ts";

const folder = fileURLToPath(new URL("./images", import.meta.url));
let modules: Promise<ModuleImages> | undefined;
let prepared: ModuleImages | undefined;

/** Reads the servers' images, once a process: to be awaited before runs with traffic are performed. */
export async function prepareTraffic(): Promise<void> {
  modules ??= simulatedModules(folder);
  prepared = await modules;
}

/**
 * The servers' images.
 *
 * @throws Error before `prepareTraffic()` has settled
 */
export function trafficModules(): ModuleImages {
  if (!prepared) throw new Error("Cannot perform a run with traffic: its images were not read, await prepareTraffic()");
  return prepared;
}
