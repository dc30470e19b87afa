import {
  begins,
  type Case,
  ending,
  ends,
  gone,
  meta,
  ownedBy,
  pod,
  podKey,
  put,
  ready,
  testRule,
} from "../stages/rule_cases.ts";
import { admissionIsGiven } from "./admission_is_given.ts";
import { budgetsAreKept } from "./budgets_are_kept.ts";
import { conditionsKeepTheirTimes } from "./conditions_keep_their_times.ts";
import { containersGetTheirGrace } from "./containers_get_their_grace.ts";
import { dependentsGoFirst } from "./dependents_go_first.ts";
import { finishedJobsLiveTheirTime } from "./finished_jobs_live_their_time.ts";
import { jobsMakeNoExtraPods } from "./jobs_make_no_extra_pods.ts";
import { namespacesEndLast } from "./namespaces_end_last.ts";
import { oldReplicaSetsAreKept } from "./old_replica_sets_are_kept.ts";
import { podsTellOneStory } from "./pods_tell_one_story.ts";
import { readinessIsProbed } from "./readiness_is_probed.ts";
import { recreationWaits } from "./recreation_waits.ts";
import { restartsAreCounted } from "./restarts_are_counted.ts";
import { setsChangeFromTheTop } from "./sets_change_from_the_top.ts";
import { statusesCountPods } from "./statuses_count_pods.ts";
import { theEndingAreNotEndpoints } from "./the_ending_are_not_endpoints.ts";
import { theLesserMakeRoom } from "./the_lesser_make_room.ts";
import { theUnreadyGoFirst } from "./the_unready_go_first.ts";

const since = (status: string, at: string) => ({
  status: { conditions: [{ type: "Ready", status, lastTransitionTime: at }] },
});
const set = (name: string, kind: string, spec: object, status: object = {}) => ({
  metadata: meta(name, kind === "" ? {} : ownedBy(kind, "web")),
  spec,
  status,
});
const probed = { container: { readinessProbe: { tcpSocket: { port: 80 } } } };
const shownReady = { status: { containerStatuses: [{ name: "main", ready: true, restartCount: 0 }] } };
const ofCrew = { metadata: ownedBy("ReplicationController", "crew") };
const crew = (replicas: number) => put(1, "controllers/default/crew", set("crew", "", { replicas }));
const web = (spec: object) => put(1, "deployments/default/web", { metadata: meta("web"), spec });
const ofBase = (revision: string) => ({
  metadata: { ...ownedBy("StatefulSet", "base"), labels: { "controller-revision-hash": revision } },
});
const base = put(1, "statefulsets/default/base", set("base", "", { replicas: 2 }, { updateRevision: "new" }));
const job = (spec: object, status: object = {}) =>
  put(1, "jobs/default/task", { metadata: meta("task"), spec, status });
const ofTask = { metadata: ownedBy("Job", "task") };
const over = { conditions: [{ type: "Complete", status: "True" }] };
const counting = (currentHealthy: number, atMs = 1) =>
  put(atMs, "poddisruptionbudgets/default/b", {
    metadata: meta("b"),
    spec: { minAvailable: 0, selector: { matchLabels: {} } },
    status: { currentHealthy, desiredHealthy: 0 },
  });

const cases: readonly Case[] = [
  {
    rule: conditionsKeepTheirTimes,
    says: /Ready is True as before/,
    wrong: [put(1, podKey("a"), pod("a", since("True", "t1"))), put(2, podKey("a"), pod("a", since("True", "t2")))],
    right: [put(1, podKey("a"), pod("a", since("True", "t1"))), put(2, podKey("a"), pod("a", since("False", "t2")))],
  },
  {
    rule: readinessIsProbed,
    says: /100 ms after it began, it takes 500/,
    wrong: [
      put(1, podKey("a"), pod("a", probed)),
      begins(2, "a"),
      put(102, podKey("a"), pod("a", { ...probed, ...shownReady })),
    ],
    right: [
      put(1, podKey("a"), pod("a", probed)),
      begins(2, "a"),
      put(502, podKey("a"), pod("a", { ...probed, ...shownReady })),
    ],
    scene: { images: { images: { "app:1": { readyMs: 500 } } } },
    onlyInCalm: false,
  },
  {
    rule: theUnreadyGoFirst,
    says: /was ready, was given up, and default\/b was not/,
    wrong: [
      crew(1),
      put(1, podKey("a"), pod("a", { ...ofCrew, status: ready })),
      put(1, podKey("b"), pod("b", ofCrew)),
      put(5_000, podKey("a"), pod("a", { metadata: { ...ofCrew.metadata, ...ending }, status: ready })),
      put(9_000, podKey("c"), pod("c")),
    ],
    right: [
      crew(1),
      put(1, podKey("a"), pod("a", { ...ofCrew, status: ready })),
      put(1, podKey("b"), pod("b", ofCrew)),
      put(5_000, podKey("b"), pod("b", { metadata: { ...ofCrew.metadata, ...ending } })),
      put(9_000, podKey("c"), pod("c")),
    ],
  },
  {
    rule: statusesCountPods,
    says: /counts 1 ready pods, 0 of its pods ever were/,
    wrong: [
      put(1, podKey("a"), pod("a", ofCrew)),
      put(2, "controllers/default/crew", set("crew", "", {}, { replicas: 1, readyReplicas: 1 })),
    ],
    right: [
      put(1, podKey("a"), pod("a", { ...ofCrew, status: ready })),
      put(2, "controllers/default/crew", set("crew", "", {}, { replicas: 1, readyReplicas: 1 })),
    ],
    onlyInCalm: false,
  },
  {
    rule: statusesCountPods,
    says: /counts 1 available pods, 0 have ever been ready for 3 s/,
    wrong: [
      put(1, podKey("a"), pod("a", { ...ofCrew, status: ready })),
      put(
        500,
        "controllers/default/crew",
        set("crew", "", { minReadySeconds: 3 }, { replicas: 1, availableReplicas: 1 }),
      ),
    ],
    onlyInCalm: false,
  },
  {
    rule: oldReplicaSetsAreKept,
    says: /leaves Deployment web with 0 old ones of 1/,
    wrong: [
      web({ revisionHistoryLimit: 1 }),
      put(2, "replicasets/default/old", set("old", "Deployment", {})),
      put(3, "replicasets/default/new", set("new", "Deployment", {})),
      gone(4, "replicasets/default/old"),
    ],
    right: [
      web({ revisionHistoryLimit: 0 }),
      put(2, "replicasets/default/old", set("old", "Deployment", {})),
      put(3, "replicasets/default/new", set("new", "Deployment", {})),
      gone(4, "replicasets/default/old"),
    ],
    onlyInCalm: false,
  },
  {
    rule: dependentsGoFirst,
    says: /lost its finalizer foregroundDeletion, and .*a still names it/,
    wrong: [
      put(1, podKey("a"), pod("a", { metadata: ownedBy("ReplicaSet", "s", { blockOwnerDeletion: true }) })),
      put(4_000, "replicasets/default/s", { metadata: meta("s", { ...ending, finalizers: ["foregroundDeletion"] }) }),
      gone(4_500, "replicasets/default/s"),
    ],
    right: [
      put(1, podKey("a"), pod("a", { metadata: ownedBy("ReplicaSet", "s", { blockOwnerDeletion: true }) })),
      put(4_000, "replicasets/default/s", { metadata: meta("s", { ...ending, finalizers: ["foregroundDeletion"] }) }),
      gone(4_200, podKey("a")),
      gone(4_500, "replicasets/default/s"),
    ],
  },
  {
    rule: theEndingAreNotEndpoints,
    says: /ending for 1000 ms, and EndpointSlice web-x tells that it is ready/,
    wrong: [
      put(1, "services/specs/default/web", { metadata: meta("web"), spec: {} }),
      put(1, podKey("a"), pod("a")),
      put(2, "endpointslices/default/web-x", {
        metadata: meta("web-x", { labels: { "kubernetes.io/service-name": "web" } }),
        endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true }, targetRef: { uid: "uid-a" } }],
      }),
      put(9_000, podKey("a"), pod("a", { metadata: ending })),
      gone(10_000, podKey("a")),
    ],
  },
  {
    rule: budgetsAreKept,
    says: /was evicted, which leaves 0 ready ones of 1/,
    wrong: [
      put(1, "poddisruptionbudgets/default/b", {
        metadata: meta("b"),
        spec: { minAvailable: 1, selector: { matchLabels: {} } },
        status: { desiredHealthy: 1 },
      }),
      put(2, podKey("a"), pod("a", { status: ready })),
      put(
        9_000,
        podKey("a"),
        pod("a", {
          status: {
            conditions: [
              ...ready.conditions,
              { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" },
            ],
          },
        }),
      ),
      gone(9_500, podKey("a")),
      gone(9_600, "poddisruptionbudgets/default/b"),
    ],
  },
  {
    rule: budgetsAreKept,
    says: /b counts 1 healthy pods, of which 0 were that lately/,
    wrong: [
      counting(1),
      put(2, podKey("a"), pod("a", { status: ready })),
      put(9_000, podKey("a"), pod("a", { metadata: ending, status: ready })),
      gone(10_500, podKey("a")),
      gone(10_600, "poddisruptionbudgets/default/b"),
    ],
    right: [
      counting(1),
      put(2, podKey("a"), pod("a", { status: ready })),
      put(9_000, podKey("a"), pod("a", { metadata: ending, status: ready })),
      counting(0, 9_400),
      gone(10_500, podKey("a")),
      gone(10_600, "poddisruptionbudgets/default/b"),
    ],
  },
  {
    rule: restartsAreCounted,
    says: /was started again after 100 ms, for time 2/,
    wrong: [begins(1, "a"), ends(100, "a", 1), begins(101, "a"), ends(200, "a", 1), begins(300, "a")],
    right: [begins(1, "a"), ends(100, "a", 1), begins(101, "a"), ends(200, "a", 1), begins(10_200, "a")],
  },
  {
    rule: containersGetTheirGrace,
    says: /was killed, it ends within 100 ms and has 5000/,
    wrong: [begins(1, "a"), put(1, podKey("a"), pod("a", { metadata: ending })), ends(90, "a", 137)],
    // What was deleted before it began is only taken away.
    right: ["a", "b"].flatMap((name) => [
      ...(name === "a" ? [begins(1, name)] : []),
      put(1, podKey(name), pod(name, { metadata: ending })),
      ends(90, name, name === "a" ? 0 : 137),
    ]),
    scene: { images: { images: { "app:1": { stopMs: 100 } } } },
    onlyInCalm: false,
  },
  {
    rule: theLesserMakeRoom,
    says: /of priority 0 was preempted/,
    wrong: [
      put(1, podKey("a"), pod("a", { spec: { nodeName: "n" } })),
      put(2, podKey("b"), pod("b")),
      put(
        3,
        podKey("a"),
        pod("a", {
          spec: { nodeName: "n" },
          status: { conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }] },
        }),
      ),
    ],
    onlyInCalm: false,
  },
  {
    rule: podsTellOneStory,
    says: /tells ContainersReady False/,
    wrong: [
      put(
        1,
        podKey("a"),
        pod("a", {
          spec: { nodeName: "n" },
          status: { ...shownReady.status, conditions: [{ type: "ContainersReady", status: "False" }] },
        }),
      ),
    ],
    onlyInCalm: false,
  },
  {
    rule: namespacesEndLast,
    says: /namespace team is gone, and .*held is there/,
    wrong: [
      put(1, "namespaces/team", { metadata: { name: "team" } }),
      put(2, "configmaps/team/held", { metadata: { name: "held", namespace: "team" } }),
      gone(3, "namespaces/team"),
    ],
    right: [
      put(1, "namespaces/team", { metadata: { name: "team" } }),
      put(2, "configmaps/team/held", { metadata: { name: "held", namespace: "team" } }),
      gone(3, "configmaps/team/held"),
      gone(4, "namespaces/team"),
    ],
    onlyInCalm: false,
  },
  {
    rule: setsChangeFromTheTop,
    says: /base-0 was deleted, and base-1 above it is not ready/,
    wrong: [
      base,
      put(2, podKey("base-0"), pod("base-0", ofBase("old"))),
      put(3, podKey("base-1"), pod("base-1", ofBase("new"))),
      gone(9_000, podKey("base-0")),
    ],
    right: [
      base,
      put(2, podKey("base-0"), pod("base-0", ofBase("old"))),
      put(3, podKey("base-1"), pod("base-1", { ...ofBase("new"), status: ready })),
      gone(9_000, podKey("base-0")),
    ],
  },
  {
    rule: recreationWaits,
    says: /b was made, and a of another kind is there/,
    wrong: [
      web({ strategy: { type: "Recreate" } }),
      put(2, "replicasets/default/old", set("old", "Deployment", {})),
      put(2, "replicasets/default/new", set("new", "Deployment", {})),
      put(3, podKey("a"), pod("a", { metadata: ownedBy("ReplicaSet", "old") })),
      put(9_000, podKey("b"), pod("b", { metadata: ownedBy("ReplicaSet", "new") })),
    ],
  },
  {
    rule: admissionIsGiven,
    says: /has the priority 0, its class has 7/,
    wrong: [
      put(1, "priorityclasses/high", { metadata: { name: "high" }, value: 7 }),
      put(9_000, podKey("a"), pod("a", { spec: { priorityClassName: "high", priority: 0 } })),
    ],
  },
  {
    rule: finishedJobsLiveTheirTime,
    says: /deleted 1000 ms after its end, it lives for 3 s/,
    wrong: [job({ ttlSecondsAfterFinished: 3 }, over), gone(1_001, "jobs/default/task")],
    right: [job({ ttlSecondsAfterFinished: 3 }, over), gone(3_001, "jobs/default/task")],
    onlyInCalm: false,
  },
  {
    rule: finishedJobsLiveTheirTime,
    says: /was deleted, and was to stay/,
    wrong: [job({}, over), gone(9_000, "jobs/default/task")],
    right: [job({}), gone(9_000, "jobs/default/task")],
    onlyInCalm: false,
  },
  {
    rule: jobsMakeNoExtraPods,
    says: /one of 2 that run, and Job task needs 1/,
    wrong: [
      job({ parallelism: 1, completions: 3 }),
      put(2, podKey("a"), pod("a", ofTask)),
      put(9_000, podKey("b"), pod("b", ofTask)),
    ],
    right: [
      job({ parallelism: 1, completions: 3 }),
      put(2, podKey("a"), pod("a", { ...ofTask, status: { phase: "Succeeded" } })),
      put(9_000, podKey("b"), pod("b", ofTask)),
    ],
  },
  {
    rule: jobsMakeNoExtraPods,
    says: /one of 2 that run, and Job task needs 1/,
    wrong: [
      job({ parallelism: 1, completions: 3, podReplacementPolicy: "Failed" }),
      put(2, podKey("a"), pod("a", { ...ofTask, metadata: { ...ofTask.metadata, ...ending } })),
      put(9_000, podKey("b"), pod("b", ofTask)),
    ],
    right: [
      job({ parallelism: 1, completions: 3 }),
      put(2, podKey("a"), pod("a", { ...ofTask, metadata: { ...ofTask.metadata, ...ending } })),
      put(9_000, podKey("b"), pod("b", ofTask)),
    ],
  },
];

for (const each of cases) testRule(each);
