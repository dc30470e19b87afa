import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";

let prepared: ModuleImages | undefined;

/** Called by `prepareTraffic()`. */
export function setTrafficModules(modules: ModuleImages): void {
  prepared = modules;
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
