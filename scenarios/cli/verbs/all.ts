// Written by `npm run fix`: to add to this list, add a file to this folder.
import { bugs } from "./bugs.ts";
import { chart } from "./chart.ts";
import { check } from "./check.ts";
import { controllers } from "./controllers.ts";
import { image } from "./image.ts";
import { proxy } from "./proxy.ts";
import { replay } from "./replay.ts";
import { run } from "./run.ts";
import { store } from "./store.ts";
import { testController } from "./test_controller.ts";
import { up } from "./up.ts";
import { worker } from "./worker.ts";

/** All that this folder has, by file name. */
export const all = [
  bugs,
  chart,
  check,
  controllers,
  image,
  proxy,
  replay,
  run,
  store,
  testController,
  up,
  worker,
] as const;
