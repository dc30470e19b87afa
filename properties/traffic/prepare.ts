import { fileURLToPath } from "node:url";
import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";
import { simulatedModules } from "../../actors/cri/modules/simulated_modules.ts";
import { setTrafficModules } from "./modules.ts";

const folder = fileURLToPath(new URL("./images", import.meta.url));
let modules: Promise<ModuleImages> | undefined;

/** Reads the servers' images, once a process: to be awaited before runs with traffic are performed. */
export async function prepareTraffic(): Promise<void> {
  modules ??= simulatedModules(folder);
  setTrafficModules(await modules);
}
