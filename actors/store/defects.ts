/** The deliberate bugs that tests can turn on to see whether they are found; none is on by default. */
export interface Defects {
  /** A vote is forgotten by a crash. */
  readonly voteNotPersisted: boolean;
  /** Entries count as stored before the disk says so (etcd 14370). */
  readonly ackBeforeSync: boolean;
  /** A replica that has lost its disk votes and counts as if it never had one. */
  readonly amnesiacsVote: boolean;
  /** Now and then a watcher is not told of a change (etcd 17529). */
  readonly watchDropsEvent: boolean;
  /** A compaction at the revision of a delete loses the delete (etcd 18089 and 19179). */
  readonly compactionDropsDelete: boolean;
  /** After a restart the revision is that of the newest key that is left (etcd 17780). */
  readonly revisionDecreasesAfterRestart: boolean;
  /** Who is given a snapshot does not know the quota until the next leader says it. */
  readonly quotaForgottenBySnapshot: boolean;
}

/**
 * Turns on what is named.
 *
 * @throws Error when there is no such defect
 */
export function createDefects(names: readonly string[] = []): Defects {
  const defects: { -readonly [Name in keyof Defects]: boolean } = {
    voteNotPersisted: false,
    ackBeforeSync: false,
    amnesiacsVote: false,
    watchDropsEvent: false,
    compactionDropsDelete: false,
    revisionDecreasesAfterRestart: false,
    quotaForgottenBySnapshot: false,
  };
  for (const name of names) {
    if (!(name in defects)) {
      throw new Error(`Cannot turn on defect "${name}": use one of ${Object.keys(defects).join(", ")}`);
    }
    defects[name as keyof Defects] = true;
  }
  return defects;
}
