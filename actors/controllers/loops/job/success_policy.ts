import type { Job } from "../../../api/kinds/job.ts";
import type { Frozen } from "../../../api/types.ts";
import { countCommonIndexes, countIndexes, type IndexSet, parseIndexes } from "./index_set.ts";

/** Which rule of its success policy a Job has met, in words; undefined when it has met none. */
export function metSuccessRule({ spec }: Frozen<Job>, succeeded: IndexSet): string | undefined {
  if (succeeded.length === 0) return undefined;
  const index = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const enough = succeededCount ?? Number.POSITIVE_INFINITY;
    if (succeededIndexes === undefined) return countIndexes(succeeded) >= enough;
    const wanted = parseIndexes(succeededIndexes, spec.completions ?? 0);
    const has = countCommonIndexes(wanted, succeeded);
    return wanted.length > 0 && (has === countIndexes(wanted) || has >= enough);
  });
  return index < 0 ? undefined : `Matched rules at index ${index}`;
}
