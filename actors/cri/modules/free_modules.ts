import type { FoundImage } from "./image_catalogue.ts";
import { imageErrorText } from "./image_errors.ts";
import type { ModuleImages } from "./module_images.ts";
import type { ModuleRunner } from "./module_runner.ts";

/** A folder of worker images as plain data, which every thread of a cluster is given: see `prepareModules`. */
export interface PreparedModules {
  readonly folder: string;
  /** The module that finds and builds images, as a URL. */
  readonly backend: string;
  /** The module that a container's worker starts with, as a URL. */
  readonly worker: string;
}

/** What the module at `PreparedModules.backend` exports as `backend`. */
export interface ModulesBackend {
  findImage(folder: string, reference: string): Promise<FoundImage | undefined>;
  workerRunner(worker: string): Promise<ModuleRunner>;
}

/**
 * The worker images of a folder for hosts in real time: containers are worker threads. Nothing is loaded before the
 * first pull; each pull looks at the folder as it is then, and builds only the image that it asks for.
 *
 * @example
 * const prepared = await prepareModules(folder); // in the main thread
 * const cri = containerRuntime({ modules: freeModules(prepared) }); // in each thread
 */
export function freeModules({ folder, backend, worker }: PreparedModules): ModuleImages {
  let loading: Promise<ModulesBackend> | undefined;
  let runner: ModuleRunner | undefined;

  async function load(): Promise<ModulesBackend> {
    loading ??= import(backend).then((module: { readonly backend: ModulesBackend }) => module.backend);
    const loaded = await loading;
    runner ??= await loaded.workerRunner(worker);
    return loaded;
  }

  async function find(reference: string): Promise<FoundImage | undefined> {
    const { findImage } = await load();
    return findImage(folder, reference);
  }

  return {
    isVirtual: false,
    load: async () => void (await load()),
    find(reference, done) {
      find(reference).then(done, (error: Error) => {
        done({ ok: false, code: "broken", message: imageErrorText("broken", reference, error.message) });
      });
    },
    runner() {
      if (!runner) throw new Error("Cannot start a container: no image was pulled before");
      return runner;
    },
  };
}
