/** How many of a group are its majority. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The highest index that a majority has, given what each member has. */
export function committedIndex(indexes: readonly number[]): number {
  const sorted = [...indexes].sort((a, b) => b - a);
  return sorted[majority(indexes.length) - 1] ?? 0;
}

/** How a vote stands: `lost` when a majority cannot be reached any more. */
export function voteResult(votes: Iterable<boolean>, members: number): "won" | "lost" | "open" {
  let [granted, refused] = [0, 0];
  for (const vote of votes) {
    if (vote) granted++;
    else refused++;
  }
  if (granted >= majority(members)) return "won";
  return members - refused < majority(members) ? "lost" : "open";
}
