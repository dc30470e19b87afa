import type { Address } from "../../../runtime/mod.ts";
import type { ModelApiData } from "../model/data.ts";

/** What a loop writes says something new: it knows what is there. */
export const vainRule = "loops write nothing that is there already";
/** What fails is tried again later and later: nobody asks for the same again and again. */
export const patienceRule = "what fails is tried again with patience";

/** A write may cross with news of what it is about: of a pod that a Job's loop lets go as its owner, and as nobody's. */
const crossingMs = 1_500;
/** By its backoff a loop waits longer from the first time on; only what it hears meanwhile wakes it sooner, to two tries each: a lossy way told one of forty changes late. */
const soonMs = 4;
const soonMax = 150;

/** What is wrong with the requests of loops that changed nothing, as far as they were not looked at before. */
export type JudgeFruitless = (
  data: Pick<ModelApiData, "vain" | "failed" | "changes">,
) => { readonly rule: string; readonly details: string } | undefined;

/** Looks at what loops ask for in vain; what they do not know yet they may ask for, but not without end. */
export function createFruitlessJudge(isLoop: (address: Address) => boolean): JudgeFruitless {
  const tries = new Map<string, { atMs: number; count: number }>();
  let [vain, failed] = [0, 0];
  return (data) => {
    for (; vain < data.vain.length; vain++) {
      const { by, key, atMs } = data.vain[vain] as ModelApiData["vain"][number];
      const changedMs = data.changes.findLast((each) => each.key === key)?.atMs ?? 0;
      if (isLoop(by) && atMs - changedMs > crossingMs)
        return { rule: vainRule, details: `${by} wrote of ${key} what was there` };
    }
    for (; failed < data.failed.length; failed++) {
      const { by, what, atMs, code } = data.failed[failed] as ModelApiData["failed"][number];
      const before = tries.get(`${by} ${what}`);
      const count = before && atMs - before.atMs <= soonMs ? before.count + 1 : 0;
      tries.set(`${by} ${what}`, { atMs, count });
      if (isLoop(by) && count > soonMax) {
        return {
          rule: patienceRule,
          details: `${by} was told ${code} of ${what} ${count} times, and asked again at once`,
        };
      }
    }
    return undefined;
  };
}
