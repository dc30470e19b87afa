// Written by `npm run fix`: to add to this list, add a file to this folder.
import { absenceNotWatched } from "./absence_not_watched.ts";
import { absentOwnersUnverified } from "./absent_owners_unverified.ts";
import { ackBeforeSync } from "./ack_before_sync.ts";
import { addressesRemembered } from "./addresses_remembered.ts";
import { adoptionsForgotten } from "./adoptions_forgotten.ts";
import { allAdmitted } from "./all_admitted.ts";
import { allAreDeleted } from "./all_are_deleted.ts";
import { amnesiacsVote } from "./amnesiacs_vote.ts";
import { anyOwnerWillDo } from "./any_owner_will_do.ts";
import { asksForgotten } from "./asks_forgotten.ts";
import { assumedIgnored } from "./assumed_ignored.ts";
import { attachedTwice } from "./attached_twice.ts";
import { blockingCirclesKept } from "./blocking_circles_kept.ts";
import { bookmarkAhead } from "./bookmark_ahead.ts";
import { budgetsNotAsked } from "./budgets_not_asked.ts";
import { budgetsUnknownToPreemption } from "./budgets_unknown_to_preemption.ts";
import { clientsKeptTooLong } from "./clients_kept_too_long.ts";
import { clientsNotKept } from "./clients_not_kept.ts";
import { clocksLostBySnapshots } from "./clocks_lost_by_snapshots.ts";
import { clusterIpsUnclaimed } from "./cluster_ips_unclaimed.ts";
import { compactionDropsDelete } from "./compaction_drops_delete.ts";
import { conditionsOfDeletesDropped } from "./conditions_of_deletes_dropped.ts";
import { conditionsTimedAnew } from "./conditions_timed_anew.ts";
import { conditionsUntold } from "./conditions_untold.ts";
import { conflictIgnored } from "./conflict_ignored.ts";
import { daemonsAllReplaced } from "./daemons_all_replaced.ts";
import { daemonsDoubled } from "./daemons_doubled.ts";
import { deadlinesPassEarly } from "./deadlines_pass_early.ts";
import { deferredResizesDropped } from "./deferred_resizes_dropped.ts";
import { delaysIgnored } from "./delays_ignored.ts";
import { deletesAtOnce } from "./deletes_at_once.ts";
import { deletesUnjudged } from "./deletes_unjudged.ts";
import { deliversToTheDead } from "./delivers_to_the_dead.ts";
import { denialsIgnored } from "./denials_ignored.ts";
import { dnsEndpointsStale } from "./dns_endpoints_stale.ts";
import { editsUnnoticed } from "./edits_unnoticed.ts";
import { endedForGoodRestarted } from "./ended_for_good_restarted.ts";
import { endedJobsGoAtOnce } from "./ended_jobs_go_at_once.ts";
import { endingNamespacesFilled } from "./ending_namespaces_filled.ts";
import { endingNamespacesSilent } from "./ending_namespaces_silent.ts";
import { endingStayReady } from "./ending_stay_ready.ts";
import { endsCountedTwice } from "./ends_counted_twice.ts";
import { everybodyMayLook } from "./everybody_may_look.ts";
import { evictionsForgotten } from "./evictions_forgotten.ts";
import { exceptionsIgnored } from "./exceptions_ignored.ts";
import { expectationsIgnored } from "./expectations_ignored.ts";
import { expectationsStick } from "./expectations_stick.ts";
import { expiriesUnverified } from "./expiries_unverified.ts";
import { failedIndexesOneLess } from "./failed_indexes_one_less.ts";
import { failedReservationsCount } from "./failed_reservations_count.ts";
import { failuresForgotten } from "./failures_forgotten.ts";
import { failuresNotRetried } from "./failures_not_retried.ts";
import { failuresNotWaitedOut } from "./failures_not_waited_out.ts";
import { farEndpointsTaken } from "./far_endpoints_taken.ts";
import { fewDomainsWillDo } from "./few_domains_will_do.ts";
import { finalizersIgnored } from "./finalizers_ignored.ts";
import { findingsRemembered } from "./findings_remembered.ts";
import { firstDependentOnly } from "./first_dependent_only.ts";
import { foesGoneWakeNobody } from "./foes_gone_wake_nobody.ts";
import { forgetsConnections } from "./forgets_connections.ts";
import { forgetsRevisions } from "./forgets_revisions.ts";
import { forgetsToOrphan } from "./forgets_to_orphan.ts";
import { forgetsUid } from "./forgets_uid.ts";
import { forwardsTwice } from "./forwards_twice.ts";
import { freedAddressesKept } from "./freed_addresses_kept.ts";
import { freedKeysStayTied } from "./freed_keys_stay_tied.ts";
import { freedPortsWakeNobody } from "./freed_ports_wake_nobody.ts";
import { freedRoomWakesNobody } from "./freed_room_wakes_nobody.ts";
import { fullDisruptionIgnored } from "./full_disruption_ignored.ts";
import { goingClaimsGiven } from "./going_claims_given.ts";
import { goneManifestsRun } from "./gone_manifests_run.ts";
import { goneNodesCounted } from "./gone_nodes_counted.ts";
import { goneServicesAnswered } from "./gone_services_answered.ts";
import { goneServicesProgrammed } from "./gone_services_programmed.ts";
import { graceCut } from "./grace_cut.ts";
import { growthWakesNobody } from "./growth_wakes_nobody.ts";
import { hastensNothing } from "./hastens_nothing.ts";
import { hooksSkipped } from "./hooks_skipped.ts";
import { hostPortsIgnored } from "./host_ports_ignored.ts";
import { indexesGivenTwice } from "./indexes_given_twice.ts";
import { initsSkipped } from "./inits_skipped.ts";
import { jobDeadlinesIgnored } from "./job_deadlines_ignored.ts";
import { jobsOneMore } from "./jobs_one_more.ts";
import { joinersModified } from "./joiners_modified.ts";
import { joinersVote } from "./joiners_vote.ts";
import { keepsOneRevisionLess } from "./keeps_one_revision_less.ts";
import { keptAfterTheLastFinalizer } from "./kept_after_the_last_finalizer.ts";
import { keptAtTheGone } from "./kept_at_the_gone.ts";
import { keysOutliveLeases } from "./keys_outlive_leases.ts";
import { killsAtOnce } from "./kills_at_once.ts";
import { labelsAsRegistered } from "./labels_as_registered.ts";
import { labelsWakeNobody } from "./labels_wake_nobody.ts";
import { lastEndpointKept } from "./last_endpoint_kept.ts";
import { lastFinalizerMissed } from "./last_finalizer_missed.ts";
import { lastGoesFirst } from "./last_goes_first.ts";
import { lateDeletesUnanswered } from "./late_deletes_unanswered.ts";
import { lateSourcesUnnoticed } from "./late_sources_unnoticed.ts";
import { leadersHoldOn } from "./leaders_hold_on.ts";
import { leaseClockCarried } from "./lease_clock_carried.ts";
import { leasesNotRenewed } from "./leases_not_renewed.ts";
import { leasesTakenEarly } from "./leases_taken_early.ts";
import { leasesWithoutSnapshots } from "./leases_without_snapshots.ts";
import { leaversAllServe } from "./leavers_all_serve.ts";
import { leaversBesideTheReady } from "./leavers_beside_the_ready.ts";
import { leaversUntold } from "./leavers_untold.ts";
import { limitsNotFilledIn } from "./limits_not_filled_in.ts";
import { listsOfOlderAnswers } from "./lists_of_older_answers.ts";
import { lostNodesGivenUpEarly } from "./lost_nodes_given_up_early.ts";
import { lostNodesUntainted } from "./lost_nodes_untainted.ts";
import { manifestsNotAwaited } from "./manifests_not_awaited.ts";
import { mirrorsMadeOnce } from "./mirrors_made_once.ts";
import { missedDeletionsKept } from "./missed_deletions_kept.ts";
import { missedNodeDelete } from "./missed_node_delete.ts";
import { missedStartsMadeUp } from "./missed_starts_made_up.ts";
import { missedWhileBusy } from "./missed_while_busy.ts";
import { moreUntold } from "./more_untold.ts";
import { mostlyLostGivenUp } from "./mostly_lost_given_up.ts";
import { namesOfOneDraw } from "./names_of_one_draw.ts";
import { namesStayAsTheyWere } from "./names_stay_as_they_were.ts";
import { namespacesGoEarly } from "./namespaces_go_early.ts";
import { neighboursLabelsWakeNobody } from "./neighbours_labels_wake_nobody.ts";
import { newOnesTrusted } from "./new_ones_trusted.ts";
import { newestForgotten } from "./newest_forgotten.ts";
import { nodePortsStayOpen } from "./node_ports_stay_open.ts";
import { nodesWakeNobody } from "./nodes_wake_nobody.ts";
import { nominationsStay } from "./nominations_stay.ts";
import { olderQuestionsAnswered } from "./older_questions_answered.ts";
import { olderRoundsConfirm } from "./older_rounds_confirm.ts";
import { olderTermsHeeded } from "./older_terms_heeded.ts";
import { onFailureIsAlways } from "./on_failure_is_always.ts";
import { oneMoreDisruption } from "./one_more_disruption.ts";
import { otherFamilyFirst } from "./other_family_first.ts";
import { othersWordsStay } from "./others_words_stay.ts";
import { ownLabelsWakeNobody } from "./own_labels_wake_nobody.ts";
import { ownersByNameOnly } from "./owners_by_name_only.ts";
import { pageBeginsLate } from "./page_begins_late.ts";
import { pagesOfNow } from "./pages_of_now.ts";
import { partitionsIgnored } from "./partitions_ignored.ts";
import { partsSkipAKey } from "./parts_skip_a_key.ts";
import { pausesCount } from "./pauses_count.ts";
import { pausesIgnored } from "./pauses_ignored.ts";
import { podDeadlinesIgnored } from "./pod_deadlines_ignored.ts";
import { podIpsNeverTaken } from "./pod_ips_never_taken.ts";
import { podsBeginUnheard } from "./pods_begin_unheard.ts";
import { podsKeepTheirZones } from "./pods_keep_their_zones.ts";
import { policiesIgnored } from "./policies_ignored.ts";
import { portsNotGivenBack } from "./ports_not_given_back.ts";
import { postStartTwice } from "./post_start_twice.ts";
import { preStopTwice } from "./pre_stop_twice.ts";
import { preconditionsIgnored } from "./preconditions_ignored.ts";
import { prioritiesForgotten } from "./priorities_forgotten.ts";
import { progressAhead } from "./progress_ahead.ts";
import { progressToldAhead } from "./progress_told_ahead.ts";
import { quotaForgottenBySnapshot } from "./quota_forgotten_by_snapshot.ts";
import { quotasIgnored } from "./quotas_ignored.ts";
import { quotasNotRecounted } from "./quotas_not_recounted.ts";
import { readsAsThemselves } from "./reads_as_themselves.ts";
import { readsNotAskedAgain } from "./reads_not_asked_again.ts";
import { readsUnconfirmed } from "./reads_unconfirmed.ts";
import { readyBeforeStarted } from "./ready_before_started.ts";
import { readyOnLostNodes } from "./ready_on_lost_nodes.ts";
import { readyWhileRunning } from "./ready_while_running.ts";
import { recreatesAtOnce } from "./recreates_at_once.ts";
import { refusedWritesTakeRoom } from "./refused_writes_take_room.ts";
import { relistGoesBack } from "./relist_goes_back.ts";
import { renewalsIgnored } from "./renewals_ignored.ts";
import { renewedLeasesForgetKeys } from "./renewed_leases_forget_keys.ts";
import { renewsUnconditionally } from "./renews_unconditionally.ts";
import { replacedBeforeTheyEnd } from "./replaced_before_they_end.ts";
import { resizesIgnored } from "./resizes_ignored.ts";
import { restartsAtOnce } from "./restarts_at_once.ts";
import { restartsForgotten } from "./restarts_forgotten.ts";
import { restartsOneMore } from "./restarts_one_more.ts";
import { resumesInTheDark } from "./resumes_in_the_dark.ts";
import { resumesOneLate } from "./resumes_one_late.ts";
import { retriesAtOnce } from "./retries_at_once.ts";
import { retriesUnjudged } from "./retries_unjudged.ts";
import { reverseNamesMissed } from "./reverse_names_missed.ts";
import { revisionDecreasesAfterRestart } from "./revision_decreases_after_restart.ts";
import { revisionsGivenTwice } from "./revisions_given_twice.ts";
import { revokedLeasesLeaveKeys } from "./revoked_leases_leave_keys.ts";
import { rightsOutliveBindings } from "./rights_outlive_bindings.ts";
import { roomNeverFreed } from "./room_never_freed.ts";
import { roundedDown } from "./rounded_down.ts";
import { rulesAwaitAddresses } from "./rules_await_addresses.ts";
import { runningForgotten } from "./running_forgotten.ts";
import { runsNotAdopted } from "./runs_not_adopted.ts";
import { secondAddressesKept } from "./second_addresses_kept.ts";
import { secondIpsUntold } from "./second_ips_untold.ts";
import { setsChangeAtOnce } from "./sets_change_at_once.ts";
import { setsStartAtOnce } from "./sets_start_at_once.ts";
import { setsStartUnready } from "./sets_start_unready.ts";
import { shortlyReadyIsAvailable } from "./shortly_ready_is_available.ts";
import { shrinkingWakesNobody } from "./shrinking_wakes_nobody.ts";
import { sidecarsEndOnce } from "./sidecars_end_once.ts";
import { sidecarsUncounted } from "./sidecars_uncounted.ts";
import { silenceCutShort } from "./silence_cut_short.ts";
import { silenceIsDone } from "./silence_is_done.ts";
import { silenceNotWatched } from "./silence_not_watched.ts";
import { sliceUpdatesIgnored } from "./slice_updates_ignored.ts";
import { slicesMadeAnew } from "./slices_made_anew.ts";
import { snapshotsOfLater } from "./snapshots_of_later.ts";
import { snapshotsUntold } from "./snapshots_untold.ts";
import { staleEndpoints } from "./stale_endpoints.ts";
import { staleListAsFresh } from "./stale_list_as_fresh.ts";
import { startsBeforeItsTime } from "./starts_before_its_time.ts";
import { startsIgnored } from "./starts_ignored.ts";
import { statusesSaidAgain } from "./statuses_said_again.ts";
import { strayVolumesLeft } from "./stray_volumes_left.ts";
import { successesOneLess } from "./successes_one_less.ts";
import { surgeIgnored } from "./surge_ignored.ts";
import { surgesOneMore } from "./surges_one_more.ts";
import { suspensionIgnored } from "./suspension_ignored.ts";
import { syncsLazily } from "./syncs_lazily.ts";
import { taintsIgnored } from "./taints_ignored.ts";
import { taintsWakeNobody } from "./taints_wake_nobody.ts";
import { takenNamesNotRedrawn } from "./taken_names_not_redrawn.ts";
import { tellsNoRange } from "./tells_no_range.ts";
import { termsKeepTheirZones } from "./terms_keep_their_zones.ts";
import { theRemovedLearn } from "./the_removed_learn.ts";
import { thresholdsOneMore } from "./thresholds_one_more.ts";
import { tolerationsWakeNobody } from "./tolerations_wake_nobody.ts";
import { trialsAreDone } from "./trials_are_done.ts";
import { triedCollectionsGo } from "./tried_collections_go.ts";
import { trustsComputer } from "./trusts_computer.ts";
import { unavailableIgnored } from "./unavailable_ignored.ts";
import { unavailableOneMore } from "./unavailable_one_more.ts";
import { unreadyAreLedTo } from "./unready_are_led_to.ts";
import { unreadyCounted } from "./unready_counted.ts";
import { volumesByNameOnly } from "./volumes_by_name_only.ts";
import { volumesLeft } from "./volumes_left.ts";
import { volumesNotGivenBack } from "./volumes_not_given_back.ts";
import { volumesTakenFromOthers } from "./volumes_taken_from_others.ts";
import { voteNotPersisted } from "./vote_not_persisted.ts";
import { votesAgain } from "./votes_again.ts";
import { votesForTheLate } from "./votes_for_the_late.ts";
import { waitingKeepTheirPods } from "./waiting_keep_their_pods.ts";
import { wakesNobody } from "./wakes_nobody.ts";
import { watchDropsEvent } from "./watch_drops_event.ts";
import { watchEventDropped } from "./watch_event_dropped.ts";
import { watchFromItsList } from "./watch_from_its_list.ts";
import { webhooksFailOpen } from "./webhooks_fail_open.ts";
import { webhooksSeeOneObject } from "./webhooks_see_one_object.ts";
import { wildcardsMeetNobody } from "./wildcards_meet_nobody.ts";
import { windowsOutliveReloads } from "./windows_outlive_reloads.ts";
import { zonesUnpaced } from "./zones_unpaced.ts";
import { zonesWakeNobody } from "./zones_wake_nobody.ts";

/** All that this folder has, by file name. */
export const all = [
  absenceNotWatched,
  absentOwnersUnverified,
  ackBeforeSync,
  addressesRemembered,
  adoptionsForgotten,
  allAdmitted,
  allAreDeleted,
  amnesiacsVote,
  anyOwnerWillDo,
  asksForgotten,
  assumedIgnored,
  attachedTwice,
  blockingCirclesKept,
  bookmarkAhead,
  budgetsNotAsked,
  budgetsUnknownToPreemption,
  clientsKeptTooLong,
  clientsNotKept,
  clocksLostBySnapshots,
  clusterIpsUnclaimed,
  compactionDropsDelete,
  conditionsOfDeletesDropped,
  conditionsTimedAnew,
  conditionsUntold,
  conflictIgnored,
  daemonsAllReplaced,
  daemonsDoubled,
  deadlinesPassEarly,
  deferredResizesDropped,
  delaysIgnored,
  deletesAtOnce,
  deletesUnjudged,
  deliversToTheDead,
  denialsIgnored,
  dnsEndpointsStale,
  editsUnnoticed,
  endedForGoodRestarted,
  endedJobsGoAtOnce,
  endingNamespacesFilled,
  endingNamespacesSilent,
  endingStayReady,
  endsCountedTwice,
  everybodyMayLook,
  evictionsForgotten,
  exceptionsIgnored,
  expectationsIgnored,
  expectationsStick,
  expiriesUnverified,
  failedIndexesOneLess,
  failedReservationsCount,
  failuresForgotten,
  failuresNotRetried,
  failuresNotWaitedOut,
  farEndpointsTaken,
  fewDomainsWillDo,
  finalizersIgnored,
  findingsRemembered,
  firstDependentOnly,
  foesGoneWakeNobody,
  forgetsConnections,
  forgetsRevisions,
  forgetsToOrphan,
  forgetsUid,
  forwardsTwice,
  freedAddressesKept,
  freedKeysStayTied,
  freedPortsWakeNobody,
  freedRoomWakesNobody,
  fullDisruptionIgnored,
  goingClaimsGiven,
  goneManifestsRun,
  goneNodesCounted,
  goneServicesAnswered,
  goneServicesProgrammed,
  graceCut,
  growthWakesNobody,
  hastensNothing,
  hooksSkipped,
  hostPortsIgnored,
  indexesGivenTwice,
  initsSkipped,
  jobDeadlinesIgnored,
  jobsOneMore,
  joinersModified,
  joinersVote,
  keepsOneRevisionLess,
  keptAfterTheLastFinalizer,
  keptAtTheGone,
  keysOutliveLeases,
  killsAtOnce,
  labelsAsRegistered,
  labelsWakeNobody,
  lastEndpointKept,
  lastFinalizerMissed,
  lastGoesFirst,
  lateDeletesUnanswered,
  lateSourcesUnnoticed,
  leadersHoldOn,
  leaseClockCarried,
  leasesNotRenewed,
  leasesTakenEarly,
  leasesWithoutSnapshots,
  leaversAllServe,
  leaversBesideTheReady,
  leaversUntold,
  limitsNotFilledIn,
  listsOfOlderAnswers,
  lostNodesGivenUpEarly,
  lostNodesUntainted,
  manifestsNotAwaited,
  mirrorsMadeOnce,
  missedDeletionsKept,
  missedNodeDelete,
  missedStartsMadeUp,
  missedWhileBusy,
  moreUntold,
  mostlyLostGivenUp,
  namesOfOneDraw,
  namesStayAsTheyWere,
  namespacesGoEarly,
  neighboursLabelsWakeNobody,
  newOnesTrusted,
  newestForgotten,
  nodePortsStayOpen,
  nodesWakeNobody,
  nominationsStay,
  olderQuestionsAnswered,
  olderRoundsConfirm,
  olderTermsHeeded,
  onFailureIsAlways,
  oneMoreDisruption,
  otherFamilyFirst,
  othersWordsStay,
  ownLabelsWakeNobody,
  ownersByNameOnly,
  pageBeginsLate,
  pagesOfNow,
  partitionsIgnored,
  partsSkipAKey,
  pausesCount,
  pausesIgnored,
  podDeadlinesIgnored,
  podIpsNeverTaken,
  podsBeginUnheard,
  podsKeepTheirZones,
  policiesIgnored,
  portsNotGivenBack,
  postStartTwice,
  preStopTwice,
  preconditionsIgnored,
  prioritiesForgotten,
  progressAhead,
  progressToldAhead,
  quotaForgottenBySnapshot,
  quotasIgnored,
  quotasNotRecounted,
  readsAsThemselves,
  readsNotAskedAgain,
  readsUnconfirmed,
  readyBeforeStarted,
  readyOnLostNodes,
  readyWhileRunning,
  recreatesAtOnce,
  refusedWritesTakeRoom,
  relistGoesBack,
  renewalsIgnored,
  renewedLeasesForgetKeys,
  renewsUnconditionally,
  replacedBeforeTheyEnd,
  resizesIgnored,
  restartsAtOnce,
  restartsForgotten,
  restartsOneMore,
  resumesInTheDark,
  resumesOneLate,
  retriesAtOnce,
  retriesUnjudged,
  reverseNamesMissed,
  revisionDecreasesAfterRestart,
  revisionsGivenTwice,
  revokedLeasesLeaveKeys,
  rightsOutliveBindings,
  roomNeverFreed,
  roundedDown,
  rulesAwaitAddresses,
  runningForgotten,
  runsNotAdopted,
  secondAddressesKept,
  secondIpsUntold,
  setsChangeAtOnce,
  setsStartAtOnce,
  setsStartUnready,
  shortlyReadyIsAvailable,
  shrinkingWakesNobody,
  sidecarsEndOnce,
  sidecarsUncounted,
  silenceCutShort,
  silenceIsDone,
  silenceNotWatched,
  sliceUpdatesIgnored,
  slicesMadeAnew,
  snapshotsOfLater,
  snapshotsUntold,
  staleEndpoints,
  staleListAsFresh,
  startsBeforeItsTime,
  startsIgnored,
  statusesSaidAgain,
  strayVolumesLeft,
  successesOneLess,
  surgeIgnored,
  surgesOneMore,
  suspensionIgnored,
  syncsLazily,
  taintsIgnored,
  taintsWakeNobody,
  takenNamesNotRedrawn,
  tellsNoRange,
  termsKeepTheirZones,
  theRemovedLearn,
  thresholdsOneMore,
  tolerationsWakeNobody,
  trialsAreDone,
  triedCollectionsGo,
  trustsComputer,
  unavailableIgnored,
  unavailableOneMore,
  unreadyAreLedTo,
  unreadyCounted,
  volumesByNameOnly,
  volumesLeft,
  volumesNotGivenBack,
  volumesTakenFromOthers,
  voteNotPersisted,
  votesAgain,
  votesForTheLate,
  waitingKeepTheirPods,
  wakesNobody,
  watchDropsEvent,
  watchEventDropped,
  watchFromItsList,
  webhooksFailOpen,
  webhooksSeeOneObject,
  wildcardsMeetNobody,
  windowsOutliveReloads,
  zonesUnpaced,
  zonesWakeNobody,
] as const;
