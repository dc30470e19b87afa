import type { KubeObject } from "../../actors/api/types.ts";
import type { StoreEvent } from "../../actors/store/messages.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { createWorld } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { type Command, holdFinalizer } from "../workload/command.ts";
import { judgeHistory } from "./_linearizable.ts";
import { acknowledgedWritesAreKept } from "./acknowledged_writes_are_kept.ts";
import { bindingNeverChanges } from "./binding_never_changes.ts";
import { claimsHaveOneVolume } from "./claims_have_one_volume.ts";
import { clusterIpsAreUnique } from "./cluster_ips_are_unique.ts";
import { finalizersAreHonoured } from "./finalizers_are_honoured.ts";
import { informersEqualTheStore } from "./informers_equal_the_store.ts";
import { leasesRunOutFirst } from "./leases_run_out_first.ts";
import { nodesAreNotOvercommitted } from "./nodes_are_not_overcommitted.ts";
import { nothingIsStuck } from "./nothing_is_stuck.ts";
import { oneLeadsAtATime } from "./one_leads_at_a_time.ts";
import { podIpsAreUnique } from "./pod_ips_are_unique.ts";
import { podsAreMadeWithinBounds } from "./pods_are_made_within_bounds.ts";
import { podsGoToLivingNodes } from "./pods_go_to_living_nodes.ts";
import { quotasAreKept } from "./quotas_are_kept.ts";
import { readyContainersRun } from "./ready_containers_run.ts";
import { replicaSetsMakeNoExtraPods } from "./replica_sets_make_no_extra_pods.ts";
import { revisionsOnlyGrow } from "./revisions_only_grow.ts";
import { rollingUpdatesKeepTheirBounds } from "./rolling_updates_keep_their_bounds.ts";
import { theLivingAreNotCollected } from "./the_living_are_not_collected.ts";

/** What happened, in order: a key written or (without object) deleted, or an actor that took a step. */
type Happening =
  | { readonly atMs: number; readonly key: string; readonly object?: object }
  | { readonly atMs: number; readonly steps: string };

interface Scene {
  readonly workload?: readonly Command[];
  readonly faults?: readonly Fault[];
  /** The data of actors, looked up at each step. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Shows an invariant what happened; the answer is what it finds wrong first, at the latest at the end. */
function judge(invariant: Invariant, happenings: readonly Happening[], scene: Scene = {}): string | undefined {
  const { workload = [], faults = [], data = {} } = scene;
  let nowMs = 0;
  const simulation = {
    uptimeMs: () => nowMs,
    dataOf: (address: string) => data[address],
    addresses: () => Object.keys(data),
    faults: { notes: () => faults },
  } as unknown as Simulation;
  const topology = { nodes: 1, stores: 3, apiservers: 1, schedulers: 2, managers: 2 } as const;
  const definition: RunDefinition = { seed: 1, topology, workload, faults, healAtMs: 0 };
  const world = createWorld(definition, simulation);
  const watch = invariant.watch(world);
  const changes: (readonly StoreEvent[])[] = [];
  let wrong: string | undefined;
  for (const happening of happenings) {
    nowMs = happening.atMs;
    if ("steps" in happening) wrong ??= watch.step?.(happening.steps);
    else {
      const modRevision = changes.length + 2;
      const kv = { key: happening.key, createRevision: 2, modRevision, version: 1 };
      const { object } = happening;
      changes.push([
        object
          ? { type: "put", kv: { ...kv, value: JSON.stringify(object) } }
          : { type: "delete", kv: { ...kv, value: "" } },
      ]);
      world.follow({ revision: modRevision, changes, changesFirst: 2 } as never, (commit) => {
        wrong ??= watch.commit?.(commit);
      });
    }
  }
  return wrong ?? watch.end?.();
}

const meta = (name: string, more: object = {}) => ({ name, namespace: "default", uid: `uid-${name}`, ...more });
const ownedBy = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true }],
});
const put = (atMs: number, key: string, object: object): Happening => ({ atMs, key, object });
const gone = (atMs: number, key: string): Happening => ({ atMs, key });
const podKey = (name: string) => `/registry/pods/default/${name}`;
const pod = (name: string, more: { metadata?: object; spec?: object; status?: object } = {}) => ({
  metadata: meta(name, more.metadata),
  spec: { containers: [{ name: "main", resources: { requests: { cpu: "100m" } } }], ...more.spec },
  status: { phase: "Running", ...more.status },
});
const setKey = (name: string) => `/registry/replicasets/default/${name}`;
const replicaSet = (name: string, replicas: number, available = replicas) => ({
  metadata: meta(name, ownedBy("Deployment", "web")),
  spec: { replicas },
  status: { availableReplicas: available },
});
const webKey = "/registry/deployments/default/web";
const web = (replicas: number, image = "app:1") => ({
  metadata: meta("web"),
  spec: {
    replicas,
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { spec: { containers: [{ name: "main", image }] } },
  },
});
const bound = (name: string, nodeName: string) => put(9, podKey(name), pod(name, { spec: { nodeName } }));
const leaseKey = "/registry/leases/kube-system/kube-scheduler";
const lease = (holderIdentity: string) => ({
  metadata: meta("kube-scheduler"),
  spec: { holderIdentity, leaseDurationSeconds: 15 },
});
const node = { metadata: { name: "n" }, status: { allocatable: { cpu: "150m", pods: "9" } } };
const crash: Fault = { kind: "crash", parameters: { actor: "manager/0" }, trigger: { atMs: 1 } };

test("bindingNeverChanges finds a pod that moves", () => {
  assert.equal(judge(bindingNeverChanges, [put(1, podKey("a"), pod("a")), bound("a", "n")]), undefined);
  assert.ok(judge(bindingNeverChanges, [bound("a", "n"), bound("a", "m")]));
});

test("nodesAreNotOvercommitted finds the pod that is too many", () => {
  const there = put(1, "/registry/minions/n", node);
  assert.equal(judge(nodesAreNotOvercommitted, [there, bound("a", "n")]), undefined);
  assert.ok(judge(nodesAreNotOvercommitted, [there, bound("a", "n"), bound("b", "n")]));
});

test("podIpsAreUnique finds two living pods with one IP", () => {
  const at = (name: string) => put(1, podKey(name), pod(name, { status: { podIP: "10.0.0.1" } }));
  assert.equal(judge(podIpsAreUnique, [at("a"), gone(2, podKey("a")), at("b")]), undefined);
  assert.ok(judge(podIpsAreUnique, [at("a"), at("b")]));
});

test("claimsHaveOneVolume finds two claims of one volume, a volume that is given away, and one that goes too early", () => {
  const claim = (name: string, volumeName: string) =>
    put(1, `/registry/persistentvolumeclaims/default/${name}`, {
      metadata: { ...meta(name), uid: name, annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
      spec: { volumeName },
    });
  const key = "/registry/persistentvolumes/v";
  const volume = (uid: string) => put(2, key, { metadata: meta("v"), spec: { claimRef: { uid } } });
  const both = [claim("a", "v"), volume("a")];
  assert.equal(judge(claimsHaveOneVolume, [...both, claim("b", "w"), volume("a")]), undefined);
  assert.match(judge(claimsHaveOneVolume, [...both, claim("b", "v")]) ?? "", /both bound to v/);
  assert.match(judge(claimsHaveOneVolume, [...both, claim("a", "w")]) ?? "", /was bound to v, and is to w/);
  assert.match(judge(claimsHaveOneVolume, [...both, volume("b")]) ?? "", /is given away/);
  assert.match(judge(claimsHaveOneVolume, [...both, gone(3, key)]) ?? "", /went while claim a is bound to it/);
});

test("clusterIpsAreUnique finds two Services with one IP", () => {
  const service = (name: string) =>
    put(1, `/registry/services/specs/default/${name}`, {
      metadata: meta(name),
      spec: { clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] },
    });
  assert.equal(judge(clusterIpsAreUnique, [service("a")]), undefined);
  assert.ok(judge(clusterIpsAreUnique, [service("a"), service("b")]));
});

test("finalizersAreHonoured finds what is removed while it is held", () => {
  const held = put(1, podKey("a"), pod("a", { metadata: { finalizers: ["x/y"] } }));
  assert.equal(judge(finalizersAreHonoured, [held, put(2, podKey("a"), pod("a")), gone(3, podKey("a"))]), undefined);
  assert.ok(judge(finalizersAreHonoured, [held, gone(3, podKey("a"))]));
  const leaving = (finalizer: string) =>
    put(2, podKey("a"), pod("a", { metadata: { finalizers: [finalizer], deletionTimestamp: "2026-01-01T00:00:00Z" } }));
  assert.equal(judge(finalizersAreHonoured, [held, leaving("x/y"), gone(3, podKey("a"))]), undefined);
  const hold = [held, leaving(holdFinalizer), gone(3, podKey("a"))];
  assert.ok(judge(finalizersAreHonoured, hold));
  const letGo: Command = { op: "change", kind: "ConfigMap", namespace: "ns", name: "a", atMs: 1, patch: {} };
  assert.equal(judge(finalizersAreHonoured, hold, { workload: [letGo] }), undefined);
});

test("nothingIsStuck finds what is still being deleted at the end", () => {
  const deleting = put(1, podKey("a"), pod("a", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }));
  assert.equal(judge(nothingIsStuck, [deleting, gone(2, podKey("a"))]), undefined);
  assert.ok(judge(nothingIsStuck, [deleting]));
});

test("readyContainersRun finds a container that is ready before it runs", () => {
  const shown = (state: object, started: boolean) =>
    put(1, podKey("a"), pod("a", { status: { containerStatuses: [{ name: "main", ready: true, started, state }] } }));
  assert.equal(judge(readyContainersRun, [shown({ running: {} }, true)]), undefined);
  assert.ok(judge(readyContainersRun, [shown({ running: {} }, false)]));
  assert.ok(judge(readyContainersRun, [shown({ waiting: {} }, true)]));
});

test("leasesRunOutFirst finds a Lease that is taken too early, and not one that was given back", () => {
  const held = put(1_000, leaseKey, lease("a"));
  assert.equal(judge(leasesRunOutFirst, [held, put(16_000, leaseKey, lease("b"))]), undefined);
  assert.equal(judge(leasesRunOutFirst, [held, put(2, leaseKey, lease("")), put(3, leaseKey, lease("b"))]), undefined);
  assert.ok(judge(leasesRunOutFirst, [held, put(15_999, leaseKey, lease("b"))]));
});

test("oneLeadsAtATime finds two that lead, of one sort", () => {
  const leading = (untilMs: number) => ({ election: { leadsUntilMs: () => untilMs } });
  const step: Happening = { atMs: 500, steps: "scheduler/0" };
  const other = { "scheduler/0": leading(900), "scheduler/1": leading(400), "manager/0": leading(900) };
  assert.equal(judge(oneLeadsAtATime, [step], { data: other }), undefined);
  assert.ok(judge(oneLeadsAtATime, [step], { data: { ...other, "scheduler/1": leading(501) } }));
});

test("theLivingAreNotCollected finds a ReplicaSet that is deleted while its Deployment lives", () => {
  const begin = [put(1, webKey, web(2)), put(2, setKey("s"), replicaSet("s", 2))];
  assert.equal(judge(theLivingAreNotCollected, [...begin, gone(3, webKey), gone(4, setKey("s"))]), undefined);
  assert.ok(judge(theLivingAreNotCollected, [...begin, gone(4, setKey("s"))]));
});

test("replicaSetsMakeNoExtraPods finds a pod too many, until a fault strikes", () => {
  const one = (name: string) => put(3, podKey(name), pod(name, { metadata: ownedBy("ReplicaSet", "s") }));
  const begin = [put(2, setKey("s"), replicaSet("s", 1)), one("a")];
  assert.equal(judge(replicaSetsMakeNoExtraPods, begin), undefined);
  assert.ok(judge(replicaSetsMakeNoExtraPods, [...begin, one("b")]));
  assert.equal(judge(replicaSetsMakeNoExtraPods, [...begin, one("b")], { faults: [crash] }), undefined);
});

test("podsGoToLivingNodes finds a pod that is bound to a node long gone", () => {
  const key = "/registry/minions/n";
  const late = (atMs: number) => put(atMs, podKey("a"), pod("a", { spec: { nodeName: "n" } }));
  const begin = [put(1, key, node), gone(10, key)];
  assert.equal(judge(podsGoToLivingNodes, [...begin, late(1_000)]), undefined);
  assert.ok(judge(podsGoToLivingNodes, [...begin, late(9_000)]));
  assert.equal(judge(podsGoToLivingNodes, [...begin, late(9_000)], { faults: [crash] }), undefined);
  assert.ok(judge(podsGoToLivingNodes, [...begin, late(90_000)], { faults: [crash] }));
});

test("rollingUpdatesKeepTheirBounds finds pods above the surge, and available ones taken away", () => {
  const begin = [put(1, webKey, web(3)), put(2, setKey("old"), replicaSet("old", 3))];
  const grown = (replicas: number) => put(3, setKey("new"), replicaSet("new", replicas, 0));
  const shrunk = put(4, setKey("old"), replicaSet("old", 2));
  assert.equal(judge(rollingUpdatesKeepTheirBounds, [...begin, grown(1)]), undefined);
  assert.match(judge(rollingUpdatesKeepTheirBounds, [...begin, grown(2)]) ?? "", /maxSurge/);
  assert.match(judge(rollingUpdatesKeepTheirBounds, [...begin, grown(1), shrunk]) ?? "", /maxUnavailable/);
  const [evicted, cleaned] = [3, 2].map((replicas, index) =>
    put(3 + index, setKey("old"), replicaSet("old", replicas, 2)),
  );
  assert.ok(evicted && cleaned);
  const workload: Command[] = [{ op: "evictPods", atMs: 3, name: "web", count: 1 }];
  const happenings = [...begin, evicted, grown(1), cleaned];
  assert.equal(judge(rollingUpdatesKeepTheirBounds, happenings, { workload }), undefined);
  assert.match(judge(rollingUpdatesKeepTheirBounds, happenings) ?? "", /maxUnavailable/);
});

test("revisionsOnlyGrow finds a revision that goes back, in one life or over a restart", () => {
  const keyspace = { appliedIndex: 5, revision: 4, compactedRevision: 0 };
  const data: Record<string, unknown> = { "store/0": { keyspace }, "store/1": { keyspace: { ...keyspace } } };
  const steps = (address: string): Happening => ({ atMs: 1, steps: address });
  assert.equal(judge(revisionsOnlyGrow, [steps("store/0"), steps("store/1")], { data }), undefined);
  data["store/1"] = { keyspace: { ...keyspace, revision: 3 } };
  assert.match(judge(revisionsOnlyGrow, [steps("store/0"), steps("store/1")], { data }) ?? "", /led to revision 4/);
  let reads = 0;
  const lives = {
    appliedIndex: 5,
    compactedRevision: 0,
    get revision() {
      return reads++ === 0 ? 4 : 3;
    },
  };
  const back = judge(revisionsOnlyGrow, [steps("store/0"), steps("store/0")], {
    data: { "store/0": { keyspace: lives } },
  });
  assert.match(back ?? "", /back to 3/);
});

test("acknowledgedWritesAreKept finds an acknowledged write that is undone", () => {
  const workload: Command[] = [
    { op: "create", atMs: 1, name: "web", replicas: 2, image: "app:1", maxSurge: 1, maxUnavailable: 0 },
    { op: "scale", atMs: 9, name: "api", replicas: 1 },
  ];
  const driver = { acknowledged: 1, doubtful: new Set<string>() };
  const told: Happening = { atMs: 2, steps: "driver" };
  const seen = (happenings: readonly Happening[]) =>
    judge(acknowledgedWritesAreKept, happenings, { workload, data: { driver } });
  assert.equal(seen([put(1, webKey, web(2)), told, put(3, webKey, web(2))]), undefined);
  assert.match(seen([told]) ?? "", /is gone, although/);
  assert.match(seen([put(1, webKey, web(2)), told, gone(3, webKey)]) ?? "", /is gone, although/);
  assert.match(seen([put(1, webKey, web(2)), told, put(3, webKey, web(5))]) ?? "", /asks for 5/);
  driver.doubtful.add("web");
  assert.equal(seen([put(1, webKey, web(2)), told, gone(3, webKey)]), undefined);
});

test("informersEqualTheStore finds a mirror that is old, that lacks something, or has too much", () => {
  const kind = { group: "", version: "v1", kind: "Pod", plural: "pods" };
  const mirror = (objects: readonly KubeObject[]) => {
    const all = new Map(objects.map((each) => [`default/${each.metadata.name}`, each]));
    const get = (key: string) => all.get(key);
    return { informers: [{ kind, synced: () => true, get, keys: () => all.keys(), size: all.size }] };
  };
  const at = (name: string, resourceVersion: string) =>
    ({ apiVersion: "v1", kind: "Pod", metadata: { ...meta(name), resourceVersion } }) as KubeObject;
  const events = [put(1, podKey("a"), pod("a")), put(5_000, "/registry/x/default/y", {})];
  const seen = (...objects: KubeObject[]) =>
    judge(informersEqualTheStore, events, { data: { "kubelet/n": mirror(objects) } });
  assert.equal(seen(at("a", "2")), undefined);
  assert.match(seen(at("a", "1")) ?? "", /mirrored at version 1/);
  assert.match(seen() ?? "", /missing/);
  assert.match(seen(at("a", "2"), at("b", "1")) ?? "", /is gone/);
});

test("judgeHistory() finds a read that is older than a write that had ended", () => {
  const input = { op: "get", key: "k" } as const;
  const written = { op: "set", key: "k", value: "1" } as const;
  const write = {
    input: written,
    output: { op: "set", succeeded: true, revision: 2 } as const,
    callMs: 0,
    returnMs: 1,
  };
  const read = { input, callMs: 2, returnMs: 3 };
  const fresh = { op: "get", value: "1", modRevision: 2 } as const;
  assert.equal(judgeHistory([write, { ...read, output: fresh }]), undefined);
  const stale = { op: "get", value: undefined, modRevision: 0 } as const;
  assert.match(judgeHistory([write, { ...read, output: stale }]) ?? "", /No order explains/);
});

test("podsAreMadeWithinBounds finds an owner that makes pods as fast as they fail, and not one whose pods are many", () => {
  const owner = ownedBy("ReplicaSet", "rs");
  const storm = (replicas: number, { count, everyMs }: { readonly count: number; readonly everyMs: number }) => {
    const made = Array.from({ length: count }, (_, index) => {
      const name = `p${index}`;
      return put(index * everyMs, podKey(name), pod(name, { metadata: owner, status: { phase: "Failed" } }));
    });
    return judge(podsAreMadeWithinBounds, [put(0, setKey("rs"), replicaSet("rs", replicas)), ...made]);
  };
  assert.match(
    storm(2, { count: 40, everyMs: 80 }) ?? "",
    /ReplicaSet rs was given 29 pods in a minute, where 2 were asked/,
  );
  assert.equal(storm(2, { count: 28, everyMs: 80 }), undefined);
  assert.equal(storm(2, { count: 100, everyMs: 10_000 }), undefined);
  assert.equal(storm(100, { count: 400, everyMs: 1 }), undefined);
});

test("quotasAreKept finds what is reserved beyond a limit, and what is counted wrong at rest, but no recount", () => {
  const quota = (used: string | undefined, hard = "1") =>
    put(1, "/registry/resourcequotas/default/q", {
      metadata: meta("q"),
      spec: { hard: { pods: hard } },
      status: used === undefined ? {} : { hard: { pods: hard }, used: { pods: used } },
    });
  const there = (name: string) => put(1, podKey(name), pod(name));
  assert.equal(judge(quotasAreKept, [quota("0"), quota("1"), there("a")]), undefined);
  assert.match(judge(quotasAreKept, [quota("1"), there("a"), quota("2")]) ?? "", /default\/q says pods used 2 of 1/);
  assert.equal(judge(quotasAreKept, [there("a"), there("b"), quota(undefined), quota("2")]), undefined);
  assert.equal(judge(quotasAreKept, [quota("1"), there("a"), there("b"), quota("2")]), undefined);
  assert.match(judge(quotasAreKept, [quota("1")]) ?? "", /says at rest pods used 1/);
  assert.match(judge(quotasAreKept, [there("a"), quota(undefined)]) ?? "", /says at rest pods used undefined/);
});
