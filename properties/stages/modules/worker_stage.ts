import { after } from "node:test";
import type { ModuleOutput } from "../../../actors/cri/modules/module_runner.ts";
import { workerRunner } from "../../../actors/cri/modules/worker_runner.ts";
import { imageOf, type Stage } from "./stages.ts";

const containers: { dispose(): void }[] = [];
after(() => {
  for (const each of containers) each.dispose();
});

const workers = await workerRunner();
/** Containers in workers, in real time. */
export const workerStage: Stage = {
  async start(text, more = {}) {
    const image = await imageOf(text);
    const outputs: ModuleOutput[] = [];
    const looks = new Set<() => void>();
    const running = workers.start(
      { image, vars: {}, args: [], hostname: "web-0", name: "ns/web-0/app", ...more },
      (output) => {
        outputs.push(output);
        for (const look of looks) look();
      },
    );
    containers.push(running);
    return {
      outputs,
      tell: running.tell,
      kill: running.kill,
      until: (holds) =>
        new Promise((resolve) => {
          const look = () => {
            if (!holds(outputs)) return;
            looks.delete(look);
            resolve();
          };
          looks.add(look);
          look();
        }),
    };
  },
};
