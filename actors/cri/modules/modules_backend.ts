// What a thread loads at its first pull: a module of its own, so that threads without worker images are spared it.
import { findImage } from "./image_catalogue.ts";
import { workerRunner } from "./worker_runner.ts";

/** What finds, builds and runs worker images. */
export const backend = { findImage, workerRunner };
