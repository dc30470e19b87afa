import type { Address } from "../../../runtime/mod.ts";
import type { ModelChange } from "./messages.ts";

/** What a loop has done it leaves alone: who writes one object without end keeps everybody busy, and a run from its end. */
export const endlessRule = "loops come to an end";
/** So many writes of one object in so short a time none has a reason for: those are a hundredth of it where much happens. */
const [writesMax, withinMs] = [100, 1_000];

/** What is wrong with a change that follows upon others of the same object by the same loop. */
export type JudgeEndless = (change: ModelChange) => string | undefined;

/** Counts what loops write, object by object. */
export function createEndlessJudge(isLoop: (address: Address) => boolean): JudgeEndless {
  const writes = new Map<string, { sinceMs: number; count: number }>();
  return ({ by, key, atMs, resource }) => {
    if (!by || !isLoop(by) || resource === "events") return undefined;
    const before = writes.get(`${by} ${key}`);
    const isOn = before !== undefined && atMs - before.sinceMs < withinMs;
    const now = isOn ? { ...before, count: before.count + 1 } : { sinceMs: atMs, count: 1 };
    writes.set(`${by} ${key}`, now);
    return now.count > writesMax ? `${by} wrote ${key} ${now.count} times in ${atMs - now.sinceMs} ms` : undefined;
  };
}
