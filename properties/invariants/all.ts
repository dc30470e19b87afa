// Written by `npm run fix`: to add to this list, add a file to this folder.
import { acknowledgedWritesAreKept } from "./acknowledged_writes_are_kept.ts";
import { addressesAreGivenBack } from "./addresses_are_given_back.ts";
import { addressesAreOfTheirFamily } from "./addresses_are_of_their_family.ts";
import { admissionIsGiven } from "./admission_is_given.ts";
import { answersAreWhole } from "./answers_are_whole.ts";
import { apiIsLinearizable } from "./api_is_linearizable.ts";
import { autoscalersKeepTheirBounds } from "./autoscalers_keep_their_bounds.ts";
import { bindingNeverChanges } from "./binding_never_changes.ts";
import { budgetsAreKept } from "./budgets_are_kept.ts";
import { calmClustersConvergeSoon } from "./calm_clusters_converge_soon.ts";
import { calmLosesNothing } from "./calm_loses_nothing.ts";
import { claimsHaveOneVolume } from "./claims_have_one_volume.ts";
import { clientsSeeTheHistory } from "./clients_see_the_history.ts";
import { clusterIpsAreUnique } from "./cluster_ips_are_unique.ts";
import { componentsMayDoWhatTheyDo } from "./components_may_do_what_they_do.ts";
import { conditionsKeepTheirTimes } from "./conditions_keep_their_times.ts";
import { containersGetTheirGrace } from "./containers_get_their_grace.ts";
import { containersRunOnce } from "./containers_run_once.ts";
import { daemonsAreOneANode } from "./daemons_are_one_a_node.ts";
import { daemonsAreReplacedInTurn } from "./daemons_are_replaced_in_turn.ts";
import { dependentsGoFirst } from "./dependents_go_first.ts";
import { dnsAnswersEqualEndpoints } from "./dns_answers_equal_endpoints.ts";
import { endpointsEqualReadyPods } from "./endpoints_equal_ready_pods.ts";
import { failuresAreWaitedOut } from "./failures_are_waited_out.ts";
import { finalizersAreHonoured } from "./finalizers_are_honoured.ts";
import { finishedJobsLiveTheirTime } from "./finished_jobs_live_their_time.ts";
import { indexesAreOnePods } from "./indexes_are_one_pods.ts";
import { informersEqualTheStore } from "./informers_equal_the_store.ts";
import { initsEndFirst } from "./inits_end_first.ts";
import { jobsCountEachPodOnce } from "./jobs_count_each_pod_once.ts";
import { jobsEndForTheirReasons } from "./jobs_end_for_their_reasons.ts";
import { jobsMakeNoExtraPods } from "./jobs_make_no_extra_pods.ts";
import { leasesRunOutFirst } from "./leases_run_out_first.ts";
import { loadBalancersAreAsAskedFor } from "./load_balancers_are_as_asked_for.ts";
import { loadBalancersGoWithTheirServices } from "./load_balancers_go_with_their_services.ts";
import { lostNodesAreTainted } from "./lost_nodes_are_tainted.ts";
import { lostNodesMayReturn } from "./lost_nodes_may_return.ts";
import { namespacesAreFurnished } from "./namespaces_are_furnished.ts";
import { namespacesEndLast } from "./namespaces_end_last.ts";
import { newPodsAreKeptApart } from "./new_pods_are_kept_apart.ts";
import { nodePortsAreUnique } from "./node_ports_are_unique.ts";
import { nodesAreNotOvercommitted } from "./nodes_are_not_overcommitted.ts";
import { nodesLiveAsLongAsTheirInstances } from "./nodes_live_as_long_as_their_instances.ts";
import { nothingIsStuck } from "./nothing_is_stuck.ts";
import { numberedPodsAreOne } from "./numbered_pods_are_one.ts";
import { objectsChangeLawfully } from "./objects_change_lawfully.ts";
import { oldReplicaSetsAreKept } from "./old_replica_sets_are_kept.ts";
import { oneLeadsAtATime } from "./one_leads_at_a_time.ts";
import { onlyEndpointsAnswer } from "./only_endpoints_answer.ts";
import { placementsAreAllowed } from "./placements_are_allowed.ts";
import { podIpsAreUnique } from "./pod_ips_are_unique.ts";
import { podsAreMadeWithinBounds } from "./pods_are_made_within_bounds.ts";
import { podsGoForward } from "./pods_go_forward.ts";
import { podsGoToLivingNodes } from "./pods_go_to_living_nodes.ts";
import { podsTellOneStory } from "./pods_tell_one_story.ts";
import { podsTellWhereTheyAre } from "./pods_tell_where_they_are.ts";
import { policiesAreCarriedOut } from "./policies_are_carried_out.ts";
import { providersLeadToNodes } from "./providers_lead_to_nodes.ts";
import { proxyRulesEqualSlices } from "./proxy_rules_equal_slices.ts";
import { quotasAreKept } from "./quotas_are_kept.ts";
import { raftIsSafe } from "./raft_is_safe.ts";
import { readinessIsProbed } from "./readiness_is_probed.ts";
import { readyContainersRun } from "./ready_containers_run.ts";
import { recreationWaits } from "./recreation_waits.ts";
import { rentedVolumesAreWhereTheyMayBe } from "./rented_volumes_are_where_they_may_be.ts";
import { replicaSetsMakeNoExtraPods } from "./replica_sets_make_no_extra_pods.ts";
import { requestsEnd } from "./requests_end.ts";
import { requestsSucceedAgain } from "./requests_succeed_again.ts";
import { restartsAreCounted } from "./restarts_are_counted.ts";
import { revisionsOnlyGrow } from "./revisions_only_grow.ts";
import { rollingUpdatesKeepTheirBounds } from "./rolling_updates_keep_their_bounds.ts";
import { rolloutsTellHowTheyWent } from "./rollouts_tell_how_they_went.ts";
import { sandboxIpsAreUnique } from "./sandbox_ips_are_unique.ts";
import { schedulesKeepTheirPolicy } from "./schedules_keep_their_policy.ts";
import { schedulesStartOneJob } from "./schedules_start_one_job.ts";
import { servicesLeadWhereTheySay } from "./services_lead_where_they_say.ts";
import { setsChangeFromTheTop } from "./sets_change_from_the_top.ts";
import { setsKeepTheirPartition } from "./sets_keep_their_partition.ts";
import { setsStartInOrder } from "./sets_start_in_order.ts";
import { statusesCountPods } from "./statuses_count_pods.ts";
import { storeIsLinearizable } from "./store_is_linearizable.ts";
import { taintsGiveTheirTime } from "./taints_give_their_time.ts";
import { theDeadDoNotAnswer } from "./the_dead_do_not_answer.ts";
import { theEndingAreNotEndpoints } from "./the_ending_are_not_endpoints.ts";
import { theHeardOfAreNotLost } from "./the_heard_of_are_not_lost.ts";
import { theLesserMakeRoom } from "./the_lesser_make_room.ts";
import { theLivingAreNotCollected } from "./the_living_are_not_collected.ts";
import { theManyAreNotGivenUp } from "./the_many_are_not_given_up.ts";
import { theNearAreLedTo } from "./the_near_are_led_to.ts";
import { theUnreadyGoFirst } from "./the_unready_go_first.ts";
import { volumesAreAtOneNode } from "./volumes_are_at_one_node.ts";
import { whatEndedStaysEnded } from "./what_ended_stays_ended.ts";
import { whatFitsIsPlaced } from "./what_fits_is_placed.ts";
import { whatGoesIsNotGiven } from "./what_goes_is_not_given.ts";
import { whatRunsIsWanted } from "./what_runs_is_wanted.ts";
import { whatWasAnsweredArrives } from "./what_was_answered_arrives.ts";

/** All that this folder has, by file name. */
export const all = [
  acknowledgedWritesAreKept,
  addressesAreGivenBack,
  addressesAreOfTheirFamily,
  admissionIsGiven,
  answersAreWhole,
  apiIsLinearizable,
  autoscalersKeepTheirBounds,
  bindingNeverChanges,
  budgetsAreKept,
  calmClustersConvergeSoon,
  calmLosesNothing,
  claimsHaveOneVolume,
  clientsSeeTheHistory,
  clusterIpsAreUnique,
  componentsMayDoWhatTheyDo,
  conditionsKeepTheirTimes,
  containersGetTheirGrace,
  containersRunOnce,
  daemonsAreOneANode,
  daemonsAreReplacedInTurn,
  dependentsGoFirst,
  dnsAnswersEqualEndpoints,
  endpointsEqualReadyPods,
  failuresAreWaitedOut,
  finalizersAreHonoured,
  finishedJobsLiveTheirTime,
  indexesAreOnePods,
  informersEqualTheStore,
  initsEndFirst,
  jobsCountEachPodOnce,
  jobsEndForTheirReasons,
  jobsMakeNoExtraPods,
  leasesRunOutFirst,
  loadBalancersAreAsAskedFor,
  loadBalancersGoWithTheirServices,
  lostNodesAreTainted,
  lostNodesMayReturn,
  namespacesAreFurnished,
  namespacesEndLast,
  newPodsAreKeptApart,
  nodePortsAreUnique,
  nodesAreNotOvercommitted,
  nodesLiveAsLongAsTheirInstances,
  nothingIsStuck,
  numberedPodsAreOne,
  objectsChangeLawfully,
  oldReplicaSetsAreKept,
  oneLeadsAtATime,
  onlyEndpointsAnswer,
  placementsAreAllowed,
  podIpsAreUnique,
  podsAreMadeWithinBounds,
  podsGoForward,
  podsGoToLivingNodes,
  podsTellOneStory,
  podsTellWhereTheyAre,
  policiesAreCarriedOut,
  providersLeadToNodes,
  proxyRulesEqualSlices,
  quotasAreKept,
  raftIsSafe,
  readinessIsProbed,
  readyContainersRun,
  recreationWaits,
  rentedVolumesAreWhereTheyMayBe,
  replicaSetsMakeNoExtraPods,
  requestsEnd,
  requestsSucceedAgain,
  restartsAreCounted,
  revisionsOnlyGrow,
  rollingUpdatesKeepTheirBounds,
  rolloutsTellHowTheyWent,
  sandboxIpsAreUnique,
  schedulesKeepTheirPolicy,
  schedulesStartOneJob,
  servicesLeadWhereTheySay,
  setsChangeFromTheTop,
  setsKeepTheirPartition,
  setsStartInOrder,
  statusesCountPods,
  storeIsLinearizable,
  taintsGiveTheirTime,
  theDeadDoNotAnswer,
  theEndingAreNotEndpoints,
  theHeardOfAreNotLost,
  theLesserMakeRoom,
  theLivingAreNotCollected,
  theManyAreNotGivenUp,
  theNearAreLedTo,
  theUnreadyGoFirst,
  volumesAreAtOneNode,
  whatEndedStaysEnded,
  whatFitsIsPlaced,
  whatGoesIsNotGiven,
  whatRunsIsWanted,
  whatWasAnsweredArrives,
] as const;
