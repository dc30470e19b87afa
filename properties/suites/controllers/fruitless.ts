import type { Address } from "../../../runtime/mod.ts";
import type { ModelApiData } from "../model/data.ts";

/** What a loop writes says something new: it knows what is there. */
export const vainRule = "loops write nothing that is there already";
/** What fails is tried again later and later: nobody asks for the same without end while nothing has changed. */
export const patienceRule = "what fails is tried again with patience";

/** By a loop's backoff it takes hours to come to so many, and in sound runs there were 14. */
const triesMax = 30;

/** What is wrong with the requests of loops that changed nothing, as far as they were not looked at before. */
export type JudgeFruitless = (
  data: Pick<ModelApiData, "vain" | "failed" | "version">,
) => { readonly rule: string; readonly details: string } | undefined;

/** Looks at what loops ask for in vain; what they do not know yet they may ask for, but not without end. */
export function createFruitlessJudge(isLoop: (address: Address) => boolean): JudgeFruitless {
  const tries = new Map<string, { version: number; count: number }>();
  let [vain, failed] = [0, 0];
  return (data) => {
    for (; vain < data.vain.length; vain++) {
      const { by, key } = data.vain[vain] as ModelApiData["vain"][number];
      if (isLoop(by)) return { rule: vainRule, details: `${by} wrote of ${key} what was there` };
    }
    for (; failed < data.failed.length; failed++) {
      const { by, what, version, code } = data.failed[failed] as ModelApiData["failed"][number];
      const before = tries.get(`${by} ${what}`);
      const count = before?.version === version ? before.count + 1 : 1;
      tries.set(`${by} ${what}`, { version, count });
      if (isLoop(by) && count > triesMax) {
        return {
          rule: patienceRule,
          details: `${by} was told ${code} ${count} times of ${what}, and nothing had changed`,
        };
      }
    }
    return undefined;
  };
}
