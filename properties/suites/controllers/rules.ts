import type { Invariant } from "../../engine/invariant.ts";
import { autoscalersKeepTheirBounds } from "../../invariants/autoscalers_keep_their_bounds.ts";
import { budgetsAreKept } from "../../invariants/budgets_are_kept.ts";
import { calmClustersConvergeSoon } from "../../invariants/calm_clusters_converge_soon.ts";
import { conditionsKeepTheirTimes } from "../../invariants/conditions_keep_their_times.ts";
import { daemonsAreOneANode } from "../../invariants/daemons_are_one_a_node.ts";
import { daemonsAreReplacedInTurn } from "../../invariants/daemons_are_replaced_in_turn.ts";
import { endpointsEqualReadyPods } from "../../invariants/endpoints_equal_ready_pods.ts";
import { failuresAreWaitedOut } from "../../invariants/failures_are_waited_out.ts";
import { finishedJobsLiveTheirTime } from "../../invariants/finished_jobs_live_their_time.ts";
import { indexesAreOnePods } from "../../invariants/indexes_are_one_pods.ts";
import { jobsCountEachPodOnce } from "../../invariants/jobs_count_each_pod_once.ts";
import { jobsEndForTheirReasons } from "../../invariants/jobs_end_for_their_reasons.ts";
import { jobsMakeNoExtraPods } from "../../invariants/jobs_make_no_extra_pods.ts";
import { objectsChangeLawfully } from "../../invariants/objects_change_lawfully.ts";
import { oldReplicaSetsAreKept } from "../../invariants/old_replica_sets_are_kept.ts";
import { podsAreMadeWithinBounds } from "../../invariants/pods_are_made_within_bounds.ts";
import { recreationWaits } from "../../invariants/recreation_waits.ts";
import { replicaSetsMakeNoExtraPods } from "../../invariants/replica_sets_make_no_extra_pods.ts";
import { rollingUpdatesKeepTheirBounds } from "../../invariants/rolling_updates_keep_their_bounds.ts";
import { rolloutsTellHowTheyWent } from "../../invariants/rollouts_tell_how_they_went.ts";
import { schedulesKeepTheirPolicy } from "../../invariants/schedules_keep_their_policy.ts";
import { schedulesStartOneJob } from "../../invariants/schedules_start_one_job.ts";
import { setsChangeFromTheTop } from "../../invariants/sets_change_from_the_top.ts";
import { setsKeepTheirPartition } from "../../invariants/sets_keep_their_partition.ts";
import { setsStartInOrder } from "../../invariants/sets_start_in_order.ts";
import { statusesCountPods } from "../../invariants/statuses_count_pods.ts";
import { theEndingAreNotEndpoints } from "../../invariants/the_ending_are_not_endpoints.ts";
import { theUnreadyGoFirst } from "../../invariants/the_unready_go_first.ts";

/** The rules of whole clusters that hold of control loops by themselves. */
export const controllersInvariants: readonly Invariant[] = [
  autoscalersKeepTheirBounds,
  budgetsAreKept,
  calmClustersConvergeSoon,
  conditionsKeepTheirTimes,
  daemonsAreOneANode,
  daemonsAreReplacedInTurn,
  endpointsEqualReadyPods,
  failuresAreWaitedOut,
  finishedJobsLiveTheirTime,
  indexesAreOnePods,
  jobsCountEachPodOnce,
  jobsEndForTheirReasons,
  jobsMakeNoExtraPods,
  objectsChangeLawfully,
  oldReplicaSetsAreKept,
  podsAreMadeWithinBounds,
  recreationWaits,
  replicaSetsMakeNoExtraPods,
  rollingUpdatesKeepTheirBounds,
  rolloutsTellHowTheyWent,
  schedulesKeepTheirPolicy,
  schedulesStartOneJob,
  setsChangeFromTheTop,
  setsKeepTheirPartition,
  setsStartInOrder,
  statusesCountPods,
  theEndingAreNotEndpoints,
  theUnreadyGoFirst,
];
