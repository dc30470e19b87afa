import {
  begins,
  type Case,
  ending,
  gone,
  initEnds,
  meta,
  node,
  ownedBy,
  pod,
  podKey,
  put,
  ready,
  sandbox,
  testRule,
} from "../stages/rule_cases.ts";
import { addressesAreGivenBack } from "./addresses_are_given_back.ts";
import { daemonsAreReplacedInTurn } from "./daemons_are_replaced_in_turn.ts";
import { failuresAreWaitedOut } from "./failures_are_waited_out.ts";
import { indexesAreOnePods } from "./indexes_are_one_pods.ts";
import { initsEndFirst } from "./inits_end_first.ts";
import { lostNodesAreTainted } from "./lost_nodes_are_tainted.ts";
import { lostNodesMayReturn } from "./lost_nodes_may_return.ts";
import { podsTellWhereTheyAre } from "./pods_tell_where_they_are.ts";
import { quotasAreKept } from "./quotas_are_kept.ts";
import { rolloutsTellHowTheyWent } from "./rollouts_tell_how_they_went.ts";
import { theEndingAreNotEndpoints } from "./the_ending_are_not_endpoints.ts";
import { theHeardOfAreNotLost } from "./the_heard_of_are_not_lost.ts";
import { whatEndedStaysEnded } from "./what_ended_stays_ended.ts";
import { whatFitsIsPlaced } from "./what_fits_is_placed.ts";
import { whatGoesIsNotGiven } from "./what_goes_is_not_given.ts";

const ofTask = ownedBy("Job", "task");
const ofIndex = (index: number) => ({ annotations: { "batch.kubernetes.io/job-completion-index": String(index) } });
const failed = { status: { phase: "Failed" } };
const inits = { spec: { initContainers: [{ name: "first", image: "first:1" }] } };
const serviceOf = (name: string, clusterIP: string, atMs = 1) =>
  put(atMs, `services/specs/default/${name}`, { metadata: meta(name), spec: { clusterIP } });
const taken = (name: string) => put(1, `ipaddresses/${name}`, { metadata: { name, uid: name } });
const collected = {
  conditions: [{ type: "DisruptionTarget", reason: "DeletionByPodGC", message: "node no longer exists" }],
};
const onN = { spec: { nodeName: "n" } };
const daemon = (name: string, of: string, more: object = {}) =>
  pod(name, { metadata: { ...ownedBy("DaemonSet", "agent"), ...more }, spec: { nodeName: of }, status: ready });
const agent = put(1, "daemonsets/default/agent", { metadata: meta("agent"), spec: {}, status: {} });
const is = (Ready: string, taints: readonly object[] = []) => ({
  spec: { taints },
  status: { conditions: [{ type: "Ready", status: Ready }] },
});
const quota = (pods: string, atMs = 1, used = "1") =>
  put(atMs, "resourcequotas/default/q", {
    metadata: meta("q"),
    spec: { hard: { pods } },
    status: { hard: { pods }, used: { pods: used } },
  });
const claim = (atMs: number, more: object = {}) =>
  put(atMs, "persistentvolumeclaims/default/data-base-0", { metadata: meta("data-base-0", more), spec: {} });
const withClaim = {
  metadata: ownedBy("StatefulSet", "base"),
  spec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-base-0" } }] },
};
const at = (podIP: string) => pod("a", { status: { ...ready, podIP } });
const roomy = (cpu: string) => node("n", { status: { ...is("True").status, allocatable: { cpu, pods: "10" } } });
const waiting = { container: { resources: { requests: { cpu: "200m" } } } };
const told = [{ key: "node.kubernetes.io/unreachable", effect: "NoSchedule" }];
const drivenOff = [...told, { key: "node.kubernetes.io/unreachable", effect: "NoExecute" }];
const revision = (value: number) => ({ annotations: { "deployment.kubernetes.io/revision": String(value) } });
const done = {
  conditions: [
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
    { type: "Available", status: "True" },
  ],
};
const web = (value: number, status: object = done) =>
  put(1, "deployments/default/web", {
    metadata: meta("web", revision(value)),
    spec: { progressDeadlineSeconds: 600 },
    status,
  });
const set = (name: string, value: number) =>
  put(2, `replicasets/default/${name}`, {
    metadata: meta(name, { ...ownedBy("Deployment", "web"), ...revision(value) }),
    spec: {},
  });
const slice = (ready: boolean) =>
  put(2, "endpointslices/default/web-1", {
    metadata: meta("web-1", { labels: { "kubernetes.io/service-name": "web" } }),
    endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready, terminating: true }, targetRef: { name: "a" } }],
  });

const cases: readonly Case[] = [
  {
    rule: initsEndFirst,
    says: /container main of a began before first had ended well/,
    wrong: [put(1, podKey("a"), pod("a", inits)), begins(2, "a")],
    right: [put(1, podKey("a"), pod("a", inits)), initEnds(2, "a"), begins(3, "a")],
    onlyInCalm: false,
  },
  {
    rule: whatEndedStaysEnded,
    says: /container main of a was started again/,
    wrong: [put(1, podKey("a"), pod("a", { spec: { restartPolicy: "Never" } })), begins(2, "a"), begins(3, "a")],
    right: [put(1, podKey("a"), pod("a")), begins(2, "a"), begins(3, "a")],
    onlyInCalm: false,
  },
  {
    rule: indexesAreOnePods,
    says: /was made for index 0, which a has, that is Succeeded/,
    wrong: [
      put(1, podKey("a"), pod("a", { metadata: { ...ofTask, ...ofIndex(0) }, status: { phase: "Succeeded" } })),
      put(9_000, podKey("b"), pod("b", { metadata: { ...ofTask, ...ofIndex(0) } })),
    ],
    right: [
      put(1, podKey("a"), pod("a", { metadata: { ...ofTask, ...ofIndex(0) }, ...failed })),
      put(9_000, podKey("b"), pod("b", { metadata: { ...ofTask, ...ofIndex(0) } })),
    ],
  },
  {
    rule: failuresAreWaitedOut,
    says: /was made 500 ms after another one of Job task had failed/,
    wrong: [
      put(1, podKey("a"), pod("a", { metadata: ofTask, ...failed })),
      put(501, podKey("b"), pod("b", { metadata: ofTask })),
    ],
    right: [
      put(1, podKey("a"), pod("a", { metadata: ofTask, ...failed })),
      put(10_001, podKey("b"), pod("b", { metadata: ofTask })),
    ],
  },
  {
    rule: daemonsAreReplacedInTurn,
    says: /leaves 2 nodes without, and DaemonSet agent allows 1/,
    wrong: [
      agent,
      ...["n", "m"].map((name) => put(1, `minions/${name}`, node(name))),
      ...["n", "m"].map((name) => put(2, podKey(name), daemon(name, name))),
      put(9_000, podKey("n"), daemon("n", "n", ending)),
      put(19_000, podKey("m"), daemon("m", "m", ending)),
    ],
    right: [
      agent,
      ...["n", "m"].map((name) => put(1, `minions/${name}`, node(name))),
      ...["n", "m"].map((name) => put(2, podKey(name), daemon(name, name))),
      put(9_000, podKey("n"), daemon("n", "n", ending)),
    ],
  },
  {
    rule: rolloutsTellHowTheyWent,
    says: /is at revision 1, its ReplicaSets at 1,1/,
    wrong: [web(1), set("old", 1), set("new", 1)],
    right: [web(2), set("old", 1), set("new", 2)],
    onlyInCalm: false,
  },
  {
    rule: rolloutsTellHowTheyWent,
    says: /was given up 0 ms after it was made, its deadline is 600000 ms/,
    wrong: [web(1, { conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] })],
    onlyInCalm: false,
  },
  {
    rule: rolloutsTellHowTheyWent,
    says: /is complete, and says \[\]/,
    wrong: [web(1, { conditions: [] }), set("new", 1)],
    onlyInCalm: false,
  },
  {
    rule: theHeardOfAreNotLost,
    says: /was True before and is held for lost/,
    wrong: [put(1, "minions/n", node("n", is("True"))), put(2, "minions/n", node("n", is("Unknown")))],
    right: [put(1, "minions/n", node("n", is("True"))), put(2, "minions/n", node("n", is("False")))],
  },
  {
    rule: lostNodesAreTainted,
    says: /has no taint that drives off/,
    wrong: [
      put(1, "minions/m", node("m", is("True"))),
      put(2, "minions/n", node("n", is("Unknown", told))),
      put(20_000, podKey("a"), pod("a")),
    ],
    right: [
      put(1, "minions/m", node("m", is("True"))),
      put(2, "minions/n", node("n", is("Unknown", drivenOff))),
      put(20_000, podKey("a"), pod("a")),
    ],
  },
  {
    rule: lostNodesMayReturn,
    says: /was collected, and its node n has been gone for 10000 ms/,
    wrong: [
      put(1, "minions/n", node("n")),
      put(2, podKey("a"), pod("a", onN)),
      gone(3, "minions/n"),
      put(10_003, podKey("a"), pod("a", { ...onN, status: collected })),
    ],
    right: [
      put(1, "minions/n", node("n")),
      put(2, podKey("a"), pod("a", onN)),
      gone(3, "minions/n"),
      put(40_003, podKey("a"), pod("a", { ...onN, status: collected })),
    ],
    onlyInCalm: false,
  },
  {
    rule: podsTellWhereTheyAre,
    says: /a tells 10.1.0.9, its sandbox has 10.1.0.1/,
    wrong: [sandbox(1, "a", "10.1.0.1"), put(2, podKey("a"), at("10.1.0.9"))],
    right: [sandbox(1, "a", "10.1.0.1"), put(2, podKey("a"), at("10.1.0.1"))],
    onlyInCalm: false,
  },
  {
    rule: whatFitsIsPlaced,
    says: /has waited for 19998 ms, and there is room for it/,
    wrong: [
      put(1, "minions/n", roomy("2")),
      put(2, podKey("a"), pod("a", waiting)),
      put(20_000, "minions/n", roomy("2")),
    ],
    right: [
      put(1, "minions/n", roomy("100m")),
      put(2, podKey("a"), pod("a", waiting)),
      put(20_000, "minions/n", roomy("2")),
    ],
  },
  {
    rule: quotasAreKept,
    says: /b was made, and there is more pods than quota q grants/,
    wrong: [quota("1"), put(2, podKey("a"), pod("a")), put(9_000, podKey("b"), pod("b")), quota("1", 9_001, "2")],
    right: [quota("2"), put(2, podKey("a"), pod("a")), put(9_000, podKey("b"), pod("b")), quota("2", 9_001, "2")],
  },
  {
    rule: whatGoesIsNotGiven,
    says: /base-0 was made with the claim data-base-0, which is being deleted/,
    wrong: [claim(1, ending), put(9_000, podKey("base-0"), pod("base-0", withClaim))],
    right: [claim(1), put(9_000, podKey("base-0"), pod("base-0", withClaim))],
  },
  {
    rule: addressesAreGivenBack,
    says: /10.0.0.2 is taken, and no Service has it/,
    wrong: [taken("10.0.0.1"), taken("10.0.0.2"), serviceOf("a", "10.0.0.1", 65_001)],
    right: [taken("10.0.0.1"), serviceOf("b", "None"), serviceOf("a", "10.0.0.1", 65_001)],
    onlyInCalm: false,
  },
  {
    rule: addressesAreGivenBack,
    says: /10.0.0.2 is taken, and no Service has it/,
    wrong: [taken("10.0.0.1"), taken("10.0.0.2"), serviceOf("a", "10.0.0.1", 65_001)],
    right: [taken("10.0.0.1"), taken("10.0.0.2"), serviceOf("a", "10.0.0.1", 64_999)],
    onlyInCalm: false,
  },
  {
    rule: addressesAreGivenBack,
    says: /10.0.0.1 is a Service's, and is not taken/,
    wrong: [serviceOf("a", "10.0.0.1")],
    onlyInCalm: false,
  },
  {
    rule: theEndingAreNotEndpoints,
    says: /tells that a ends and is ready/,
    wrong: [serviceOf("web", "10.0.0.1"), slice(true)],
    right: [serviceOf("web", "10.0.0.1"), slice(false)],
    onlyInCalm: false,
  },
];

for (const each of cases) testRule(each);
