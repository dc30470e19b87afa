import type { Address } from "../../../runtime/mod.ts";
import type { Configuration } from "./configuration.ts";

/** The voters of a configuration: one group, or two that both have to agree. */
export type Voters = Pick<Configuration, "voters" | "outgoing">;

/** How many of a group are its majority. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The highest index that a quorum has, given what each voter has. */
export function committedIndex({ voters, outgoing }: Voters, indexOf: (id: Address) => number): number {
  return Math.min(committedBy(voters, indexOf), committedBy(outgoing, indexOf));
}

/** How a vote stands: `lost` when a quorum cannot be reached any more. Who is not in `votes` has not answered. */
export function voteResult(
  { voters, outgoing }: Voters,
  votes: ReadonlyMap<Address, boolean>,
): "won" | "lost" | "open" {
  const [incomingResult, outgoingResult] = [resultOf(voters, votes), resultOf(outgoing, votes)];
  if (incomingResult === outgoingResult) return incomingResult;
  return incomingResult === "lost" || outgoingResult === "lost" ? "lost" : "open";
}

/** Whether those of whom it holds are a quorum. */
export function isQuorum({ voters, outgoing }: Voters, holds: (id: Address) => boolean): boolean {
  return isMajority(voters, holds) && isMajority(outgoing, holds);
}

/** A group of nobody is the half of a joint configuration that is not there: it agrees with everything. */
function committedBy(group: readonly Address[], indexOf: (id: Address) => number): number {
  if (group.length === 0) return Number.POSITIVE_INFINITY;
  const indexes = group.map(indexOf).sort((a, b) => b - a);
  return indexes[majority(group.length) - 1] as number;
}

function resultOf(group: readonly Address[], votes: ReadonlyMap<Address, boolean>): "won" | "lost" | "open" {
  if (group.length === 0) return "won";
  let [granted, refused] = [0, 0];
  for (const id of group) {
    const vote = votes.get(id);
    if (vote === true) granted++;
    else if (vote === false) refused++;
  }
  if (granted >= majority(group.length)) return "won";
  return group.length - refused < majority(group.length) ? "lost" : "open";
}

function isMajority(group: readonly Address[], holds: (id: Address) => boolean): boolean {
  if (group.length === 0) return true;
  let count = 0;
  for (const id of group) if (holds(id)) count++;
  return count >= majority(group.length);
}
