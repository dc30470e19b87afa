import { assert, test } from "../../../properties/house/test.ts";
import type { ResourceQuota } from "../kinds/resource_quota.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { readAmounts, writeAmounts } from "./amounts.ts";
import { evaluatorOf, isUpToDate, judge, usedOf } from "./quota.ts";

type Amounts = Record<string, string>;

function quota(hard: Amounts, used: Amounts, spec: object = {}): Frozen<ResourceQuota> {
  const metadata = { name: "q", namespace: "n" };
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata,
    spec: { hard, ...spec },
    status: { hard, used },
  } as never;
}

const object = (spec: object, more: object = {}) =>
  ({ apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec, ...more }) as unknown as Frozen<KubeObject>;
const resources = (requests: Amounts, limits: Amounts = {}) => ({ resources: { requests, limits } });
const pod = (requests: Amounts, spec: object = {}) =>
  object({ containers: [{ name: "c", ...resources(requests) }], ...spec });

function judged(resource: string, one: Frozen<KubeObject>, given: Frozen<ResourceQuota>, old?: Frozen<KubeObject>) {
  const charged = [{ quota: given, used: readAmounts(given.status.used) }];
  const judgement = judge(charged, { resource, object: one, ...(old ? { old } : {}) }, 0);
  return judgement.refusal ?? writeAmounts(judgement.charged[0]?.used ?? new Map());
}

const usage = (resource: string, one: Frozen<KubeObject>, nowMs = 0) =>
  writeAmounts(evaluatorOf(resource).usage(one, nowMs));

test("a pod uses what it asks for at its peak, its sidecars and its overhead", () => {
  const spec = {
    containers: [{ name: "c", ...resources({ cpu: "100m", "example.com/gpu": "1" }, { memory: "1Gi" }) }],
    initContainers: [
      { name: "side", restartPolicy: "Always", ...resources({ cpu: "50m" }) },
      { name: "init", ...resources({ cpu: "1" }) },
    ],
    overhead: { cpu: "10m" },
  };
  assert.deepEqual(usage("pods", object(spec)), {
    "count/pods": "1",
    cpu: "1060m",
    "limits.memory": "1Gi",
    pods: "1",
    "requests.cpu": "1060m",
    "requests.example.com/gpu": "1",
  });
});

test("a pod that has ended, or whose time to end is over, is only counted", () => {
  const ended = object({ containers: [] }, { status: { phase: "Succeeded" } });
  assert.deepEqual(usage("pods", ended), { "count/pods": "1" });
  const deletionTimestamp = "1970-01-01T00:00:10Z";
  const ending = object(
    { containers: [] },
    { metadata: { name: "x", deletionTimestamp, deletionGracePeriodSeconds: 5 } },
  );
  assert.deepEqual(usage("pods", ending, 15_000), { "count/pods": "1", pods: "1" });
  assert.deepEqual(usage("pods", ending, 15_001), { "count/pods": "1" });
});

test("Services use node ports as they are meant to, claims their storage by class, all else is counted", () => {
  const ports = [{ port: 1 }, { port: 2, nodePort: 30_000 }];
  const used = (spec: object) => usage("services", object({ ports, ...spec }))["services.nodeports"];
  const without = { type: "LoadBalancer", allocateLoadBalancerNodePorts: false };
  assert.deepEqual([{}, { type: "NodePort" }, { type: "LoadBalancer" }, without].map(used), ["0", "2", "2", "1"]);
  const claim = object({ storageClassName: "gold", resources: { requests: { storage: "1500m" } } });
  assert.deepEqual(usage("persistentvolumeclaims", claim), {
    "count/persistentvolumeclaims": "1",
    "gold.storageclass.storage.k8s.io/persistentvolumeclaims": "1",
    "gold.storageclass.storage.k8s.io/requests.storage": "2",
    persistentvolumeclaims: "1",
    "requests.storage": "2",
  });
  assert.deepEqual(usage("secrets", object({})), { "count/secrets": "1", secrets: "1" });
  assert.deepEqual(usage("widgets.example.com", object({})), { "count/widgets.example.com": "1" });
});

test("judge() adds what is new, and says what does not fit in Kubernetes' words", () => {
  const given = quota({ "requests.cpu": "500m", pods: "3" }, { "requests.cpu": "200m", pods: "1" });
  assert.deepEqual(judged("pods", pod({ cpu: "300m" }), given), { pods: "2", "requests.cpu": "500m" });
  assert.equal(
    judged("pods", pod({ cpu: "301m" }), given),
    "exceeded quota: q, requested: requests.cpu=301m, used: requests.cpu=200m, limited: requests.cpu=500m",
  );
  assert.equal(judged("pods", pod({}), given), "failed quota: q: must specify requests.cpu for: c");
  assert.equal(
    judged("pods", pod({}), quota({ "limits.cpu": "1", memory: "1", pods: "1" }, {})),
    "failed quota: q: must specify limits.cpu for: c; memory for: c",
  );
  assert.equal(judged("pods", pod({}), quota({ pods: "1" }, {})), "status unknown for quota: q, resources: pods");
  assert.deepEqual(judged("secrets", object({}), given), { pods: "1", "requests.cpu": "200m" });
});

test("judge() of a change counts what is more", () => {
  const given = quota({ "services.nodeports": "2" }, { "services.nodeports": "1" });
  const service = (count: number, type = "NodePort") => object({ type, ports: Array(count).fill({ port: 1 }) });
  assert.deepEqual(judged("services", service(2), given, service(1)), { "services.nodeports": "2" });
  assert.match(String(judged("services", service(3), given, service(1))), /requested: services.nodeports=2, used/);
  assert.deepEqual(judged("services", service(1, "ClusterIP"), given, service(1)), { "services.nodeports": "1" });
});

test("a quota counts only what all its scopes are about", () => {
  const priorities = (operator: string, values: string[] = []) => ({
    scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator, values }] },
  });
  const high = { priorityClassName: "high" };
  const term = { topologyKey: "zone", namespaceSelector: {} };
  const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
  const cases: readonly (readonly [object, object, object])[] = [
    [{ scopes: ["Terminating"] }, { activeDeadlineSeconds: 0 }, {}],
    [{ scopes: ["NotTerminating"] }, {}, { activeDeadlineSeconds: 1 }],
    [{ scopes: ["BestEffort"] }, {}, { containers: [{ name: "c", ...resources({ cpu: "1" }) }] }],
    [{ scopes: ["NotBestEffort"] }, { containers: [{ name: "c", ...resources({ cpu: "1" }) }] }, {}],
    [{ scopes: ["PriorityClass"] }, high, {}],
    [priorities("In", ["high"]), high, { priorityClassName: "low" }],
    [priorities("NotIn", ["high"]), {}, high],
    [priorities("DoesNotExist"), {}, high],
    [{ scopes: ["CrossNamespacePodAffinity"] }, apart, {}],
    [{ scopes: ["BestEffort", "Terminating"] }, { activeDeadlineSeconds: 1 }, {}],
  ];
  for (const [spec, within, without] of cases) {
    const given = quota({ pods: "5" }, { pods: "1" }, spec);
    assert.deepEqual(judged("pods", pod({}, within), given), { pods: "2" }, JSON.stringify(spec));
    assert.deepEqual(judged("pods", pod({}, without), given), { pods: "1" }, JSON.stringify(spec));
  }
});

test("usedOf() counts what is there, and leaves alone what nobody measures", () => {
  const given = quota(
    { pods: "5", "requests.cpu": "1", "count/none.example.com": "1" },
    { "count/none.example.com": "1" },
  );
  const objects = () => [
    pod({ cpu: "100m" }),
    pod({ cpu: "200m" }),
    object({ containers: [] }, { status: { phase: "Failed" } }),
  ];
  const used = usedOf(given, [{ resource: "pods", objects }], 0);
  assert.deepEqual(writeAmounts(used), { "count/none.example.com": "1", pods: "2", "requests.cpu": "300m" });
  assert.equal(isUpToDate(given, used), false);
  assert.equal(isUpToDate(quota({ pods: "1" }, { pods: "2" }), readAmounts({ pods: "2" })), true);
});
