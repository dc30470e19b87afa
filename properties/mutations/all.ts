// Written by `npm run fix`: to add to this list, add a file to this folder.
import { absentOwnersUnverified } from "./absent_owners_unverified.ts";
import { ackBeforeSync } from "./ack_before_sync.ts";
import { amnesiacsVote } from "./amnesiacs_vote.ts";
import { assumedIgnored } from "./assumed_ignored.ts";
import { blockingCirclesKept } from "./blocking_circles_kept.ts";
import { bookmarkAhead } from "./bookmark_ahead.ts";
import { compactionDropsDelete } from "./compaction_drops_delete.ts";
import { conditionsUntold } from "./conditions_untold.ts";
import { conflictIgnored } from "./conflict_ignored.ts";
import { deletesAtOnce } from "./deletes_at_once.ts";
import { deliversToTheDead } from "./delivers_to_the_dead.ts";
import { dnsEndpointsStale } from "./dns_endpoints_stale.ts";
import { expectationsIgnored } from "./expectations_ignored.ts";
import { failuresNotRetried } from "./failures_not_retried.ts";
import { firstDependentOnly } from "./first_dependent_only.ts";
import { forgetsConnections } from "./forgets_connections.ts";
import { forgetsToOrphan } from "./forgets_to_orphan.ts";
import { forgetsUid } from "./forgets_uid.ts";
import { forwardsTwice } from "./forwards_twice.ts";
import { fullDisruptionIgnored } from "./full_disruption_ignored.ts";
import { graceCut } from "./grace_cut.ts";
import { jobsOneMore } from "./jobs_one_more.ts";
import { joinersModified } from "./joiners_modified.ts";
import { killsAtOnce } from "./kills_at_once.ts";
import { labelsAsRegistered } from "./labels_as_registered.ts";
import { leasesWithoutSnapshots } from "./leases_without_snapshots.ts";
import { leaversUntold } from "./leavers_untold.ts";
import { missedNodeDelete } from "./missed_node_delete.ts";
import { ownersByNameOnly } from "./owners_by_name_only.ts";
import { pageBeginsLate } from "./page_begins_late.ts";
import { pagesOfNow } from "./pages_of_now.ts";
import { preconditionsIgnored } from "./preconditions_ignored.ts";
import { progressAhead } from "./progress_ahead.ts";
import { progressToldAhead } from "./progress_told_ahead.ts";
import { quotaForgottenBySnapshot } from "./quota_forgotten_by_snapshot.ts";
import { readsAsThemselves } from "./reads_as_themselves.ts";
import { readsUnconfirmed } from "./reads_unconfirmed.ts";
import { readyBeforeStarted } from "./ready_before_started.ts";
import { readyWhileRunning } from "./ready_while_running.ts";
import { restartsOneMore } from "./restarts_one_more.ts";
import { resumesInTheDark } from "./resumes_in_the_dark.ts";
import { resumesOneLate } from "./resumes_one_late.ts";
import { revisionDecreasesAfterRestart } from "./revision_decreases_after_restart.ts";
import { shortlyReadyIsAvailable } from "./shortly_ready_is_available.ts";
import { sliceUpdatesIgnored } from "./slice_updates_ignored.ts";
import { staleEndpoints } from "./stale_endpoints.ts";
import { staleListAsFresh } from "./stale_list_as_fresh.ts";
import { surgeIgnored } from "./surge_ignored.ts";
import { syncsLazily } from "./syncs_lazily.ts";
import { tellsNoRange } from "./tells_no_range.ts";
import { trustsComputer } from "./trusts_computer.ts";
import { unavailableIgnored } from "./unavailable_ignored.ts";
import { unreadyCounted } from "./unready_counted.ts";
import { volumesByNameOnly } from "./volumes_by_name_only.ts";
import { voteNotPersisted } from "./vote_not_persisted.ts";
import { votesForTheLate } from "./votes_for_the_late.ts";
import { wakesNobody } from "./wakes_nobody.ts";
import { watchDropsEvent } from "./watch_drops_event.ts";
import { watchEventDropped } from "./watch_event_dropped.ts";

/** All that this folder has, by file name. */
export const all = [
  absentOwnersUnverified,
  ackBeforeSync,
  amnesiacsVote,
  assumedIgnored,
  blockingCirclesKept,
  bookmarkAhead,
  compactionDropsDelete,
  conditionsUntold,
  conflictIgnored,
  deletesAtOnce,
  deliversToTheDead,
  dnsEndpointsStale,
  expectationsIgnored,
  failuresNotRetried,
  firstDependentOnly,
  forgetsConnections,
  forgetsToOrphan,
  forgetsUid,
  forwardsTwice,
  fullDisruptionIgnored,
  graceCut,
  jobsOneMore,
  joinersModified,
  killsAtOnce,
  labelsAsRegistered,
  leasesWithoutSnapshots,
  leaversUntold,
  missedNodeDelete,
  ownersByNameOnly,
  pageBeginsLate,
  pagesOfNow,
  preconditionsIgnored,
  progressAhead,
  progressToldAhead,
  quotaForgottenBySnapshot,
  readsAsThemselves,
  readsUnconfirmed,
  readyBeforeStarted,
  readyWhileRunning,
  restartsOneMore,
  resumesInTheDark,
  resumesOneLate,
  revisionDecreasesAfterRestart,
  shortlyReadyIsAvailable,
  sliceUpdatesIgnored,
  staleEndpoints,
  staleListAsFresh,
  surgeIgnored,
  syncsLazily,
  tellsNoRange,
  trustsComputer,
  unavailableIgnored,
  unreadyCounted,
  volumesByNameOnly,
  voteNotPersisted,
  votesForTheLate,
  wakesNobody,
  watchDropsEvent,
  watchEventDropped,
] as const;
