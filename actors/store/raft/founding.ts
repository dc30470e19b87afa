import type { Address } from "../../../runtime/mod.ts";
import { noConfiguration } from "./configuration.ts";
import { createChangeEntry } from "./entry.ts";
import { append, createLog } from "./log.ts";
import type { RaftStart } from "./raft.ts";

/**
 * What a member begins with when its group is founded: the log's first entry says who the group is made of. All
 * founders write the same one, so that it is committed from the beginning, and whoever comes later is sent it.
 */
export function foundedBy(
  voters: readonly Address[],
): Pick<RaftStart, "term" | "vote" | "commitIndex" | "log" | "configuration"> {
  const log = createLog(0, 0);
  const changes = voters.map((id) => ({ do: "addVoter", id }) as const);
  append(log, createChangeEntry(1, 1, { transition: "auto", changes, context: "" }));
  return { term: 1, vote: "", commitIndex: 1, log, configuration: noConfiguration };
}
