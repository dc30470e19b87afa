import { simulatedRunners } from "../../../actors/cri/modules/simulated_runner.ts";
import { workerRunner } from "../../../actors/cri/modules/worker_runner.ts";
import { randomFrom } from "../../../runtime/core/random.ts";
import type { LabWorld } from "./shop_lab.ts";

const linkMsMax = 5;
const tickMs = 2;

/** A world of virtual time, in which whatever goes over the network takes up to five milliseconds. */
export async function simulatedWorld(seed = 1): Promise<LabWorld> {
  const runners = await simulatedRunners();
  const random = randomFrom(seed);
  const links = randomFrom(seed + 1);
  const due: { readonly atMs: number; readonly body: () => void }[] = [];
  let nowMs = 0;
  let linkFreeMs = 0;
  const at = (atMs: number, body: () => void) => {
    const place = due.findIndex((each) => each.atMs > atMs);
    due.splice(place < 0 ? due.length : place, 0, { atMs, body });
  };
  const world = {
    nowMs: () => Date.UTC(2026, 0, 1) + nowMs,
    uptimeMs: () => nowMs,
    after: (delayMs: number, body: () => void) => at(nowMs + delayMs, body),
    random,
  };
  return {
    runner: runners(world),
    later(body) {
      // One link for all: what is sent first comes first.
      linkFreeMs = Math.max(linkFreeMs, nowMs + links.int(linkMsMax));
      at(linkFreeMs, body);
    },
    async tick() {
      await new Promise((resolve) => setImmediate(resolve));
      const next = due.shift();
      if (!next) throw new Error("What is waited for never comes: nothing is left to happen");
      nowMs = next.atMs;
      next.body();
    },
  };
}

/** Worker threads in real time. */
export async function workerWorld(): Promise<LabWorld> {
  return {
    runner: await workerRunner(),
    later: (body) => void setImmediate(body),
    tick: () => new Promise((resolve) => setTimeout(resolve, tickMs)),
  };
}
