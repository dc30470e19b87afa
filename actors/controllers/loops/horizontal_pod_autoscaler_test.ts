import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop, type ReadAction } from "../../../properties/stages/controllers/plain_loop.ts";
import type { HorizontalPodAutoscaler } from "../../api/kinds/horizontal_pod_autoscaler.ts";
import { horizontalPodAutoscaler as autoscalerKind } from "../../api/kinds/horizontal_pod_autoscaler.ts";
import { formatTime } from "../../api/time.ts";
import type { Outcome } from "../../client/outcome.ts";
import { failed, ok } from "../../kit/result.ts";
import { horizontalPodAutoscaler } from "./horizontal_pod_autoscaler.ts";

const namespace = "default";
const startMs = Date.UTC(2026, 0, 1);
const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } };

interface PodFacts {
  readonly cpu?: number;
  readonly ready?: boolean;
  readonly phase?: string;
  readonly request?: string;
  readonly reports?: string;
}

/** A target with its pods, whose scale the autoscaler under test reads and writes; the pods have run for an hour. */
function stage(spec: object, pods: Readonly<Record<string, PodFacts>>, more: Readonly<Record<string, unknown>> = {}) {
  let replicas = Object.keys(pods).length;
  let nowMs = startMs;
  let scales = 0;
  let facts = pods;
  const podList = () =>
    Object.entries(facts).map(([name, { ready = true, phase = "Running", request = "100m" }]) => ({
      metadata: { name, namespace, labels: { app: "web" } },
      spec: { containers: [{ name: "c", resources: { requests: { cpu: request } } }] },
      status: {
        phase,
        startTime: formatTime(startMs - 3_600_000),
        conditions: [
          { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: formatTime(startMs - 3_590_000) },
        ],
      },
    }));
  const metrics = () =>
    Object.entries(facts).flatMap(([name, { cpu: used }]) =>
      used === undefined
        ? []
        : [
            {
              metadata: { name },
              timestamp: formatTime(nowMs),
              window: "15s",
              containers: [{ name: "c", usage: { cpu: `${used}m` } }],
            },
          ],
    );
  function read({ kind, name, subresource }: ReadAction): Outcome<unknown> {
    const path = [kind.group, kind.plural, name, subresource].filter(Boolean).join("/");
    if (more[path] !== undefined) return more[path] as Outcome<unknown>;
    if (path === "pods") return ok({ items: podList() });
    if (path === "metrics.k8s.io/pods") return ok({ items: metrics() });
    if (path === "apps/deployments/web/scale") {
      const metadata = { name: "web", namespace, uid: "uid-web", resourceVersion: "1" };
      return ok({
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata,
        spec: { replicas },
        status: { replicas, selector: "app=web" },
      });
    }
    return failed({ code: 404, reason: "NotFound", message: `no ${path}` });
  }
  const loop = createPlainLoop(horizontalPodAutoscaler, read);
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  loop.put({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web", namespace },
    spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 20, metrics: [cpu], ...spec },
    status: { desiredReplicas: 0, currentMetrics: null },
  });
  return {
    told: loop.told,
    /** Looks at it after so many seconds; how many there are then. */
    turn(seconds = 0, next = facts) {
      nowMs += seconds * 1000;
      facts = next;
      assert.equal(loop.turn("default/web", nowMs)?.againAfterMs, 15_000);
      const { spec: written } = (loop.scales.at(-1) ?? {}) as { readonly spec?: { readonly replicas: number } };
      if (written && loop.scales.length > scales) replicas = written.replicas;
      scales = loop.scales.length;
      return replicas;
    },
    become(count: number, next: PodFacts) {
      replicas = count;
      facts = Object.fromEntries(Array.from({ length: count }, (_each, index) => [`p${index}`, next]));
    },
    status: () => (loop.all(autoscalerKind)[0] as HorizontalPodAutoscaler | undefined)?.status ?? assert.fail(),
    conditions() {
      const { conditions = [] } = this.status();
      return conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
    },
  };
}

test("horizontalPodAutoscaler grows a target by what its pods use of what they request, and says so", () => {
  const { turn, told, status } = stage({}, { a: { cpu: 90 }, b: { cpu: 110 } });
  assert.equal(turn(), 4);
  assert.deepEqual(told, [
    "Normal SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target",
  ]);
  assert.deepEqual(status().currentMetrics, [
    { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 100, averageValue: "100m" } } },
  ]);
  assert.deepEqual(
    [status().currentReplicas, status().desiredReplicas, status().lastScaleTime],
    [2, 4, formatTime(startMs)],
  );
});

test("horizontalPodAutoscaler shrinks only when nothing more was asked for in five minutes", () => {
  const it = stage({}, { a: { cpu: 50 }, b: { cpu: 50 }, c: { cpu: 50 }, d: { cpu: 50 } });
  assert.equal(it.turn(), 4);
  assert.deepEqual(it.conditions(), [
    "AbleToScale True ReadyForNewScale",
    "ScalingActive True ValidMetricFound",
    "ScalingLimited False DesiredWithinRange",
  ]);
  it.become(4, { cpu: 5 });
  assert.equal(it.turn(15), 4);
  assert.equal(it.conditions()[0], "AbleToScale True ScaleDownStabilized");
  assert.equal(it.turn(280), 4);
  assert.equal(it.turn(10), 1);
  assert.equal(it.told.at(-1), "Normal SuccessfulRescale: New size: 1; reason: All metrics below target");
});

test("horizontalPodAutoscaler takes pods that are not measured for the worse of both, and never turns round for them", () => {
  // 190 of 200 m requested by two of four: without the others it would be three.
  assert.equal(stage({}, { a: { cpu: 95 }, b: { cpu: 95 }, c: {}, d: {} }).turn(), 4);
  assert.equal(
    stage({}, { a: { cpu: 10 }, b: { cpu: 10 }, c: {}, d: {} }).turn(),
    4,
    "who is missing is taken to use all",
  );
  assert.equal(stage({}, { a: { cpu: 150 }, b: { phase: "Pending" } }).turn(), 3, "who waits is taken to use nothing");
  assert.equal(stage({}, { a: { cpu: 53 } }).turn(), 1, "a tenth more is no reason");
});

test("horizontalPodAutoscaler keeps to its bounds, and to four or twice as many at a time without a behaviour", () => {
  const fast = stage({}, { a: { cpu: 1_000 } });
  assert.equal(fast.turn(), 4);
  assert.ok(fast.conditions().includes("ScalingLimited True ScaleUpLimit"));
  const full = stage({ maxReplicas: 3 }, { a: { cpu: 1_000 } });
  assert.equal(full.turn(), 3);
  assert.ok(full.conditions().includes("ScalingLimited True TooManyReplicas"));
  const low = stage({ minReplicas: 3 }, { a: { cpu: 50 } });
  assert.equal(low.turn(), 3);
  assert.equal(
    low.told[0],
    "Normal SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas",
  );
  const off = stage({}, {});
  assert.equal(off.turn(), 0);
  assert.ok(off.conditions().includes("ScalingActive False ScalingDisabled"));
});

test("horizontalPodAutoscaler follows the policies of its behaviour, and looks back as far as they do", () => {
  const scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [{ type: "Pods", value: 2, periodSeconds: 60 }],
  };
  const scaleDown = {
    selectPolicy: "Min",
    stabilizationWindowSeconds: 0,
    policies: [
      { type: "Percent", value: 50, periodSeconds: 60 },
      { type: "Pods", value: 1, periodSeconds: 60 },
    ],
  };
  const it = stage({ behavior: { scaleUp, scaleDown } }, { a: { cpu: 500 }, b: { cpu: 500 } });
  assert.equal(it.turn(), 4);
  it.become(4, { cpu: 500 });
  assert.equal(it.turn(30), 4, "two were added in this minute");
  assert.equal(it.turn(31), 6);
  it.become(6, { cpu: 0 });
  // When this minute began there were four: one less than those.
  assert.equal(it.turn(1), 3);
  it.become(3, { cpu: 0 });
  assert.equal(it.turn(60), 2);
  assert.ok(it.conditions().includes("ScalingLimited True ScaleDownLimit"));
  const never = stage(
    { behavior: { scaleUp: { ...scaleUp, selectPolicy: "Disabled" }, scaleDown } },
    { a: { cpu: 500 } },
  );
  assert.equal(never.turn(), 1);
});

test("horizontalPodAutoscaler says in Kubernetes' words why it cannot work, and leaves the target as it is", () => {
  const missing = stage(
    {},
    { a: { cpu: 10 } },
    {
      pods: ok({
        items: [
          {
            metadata: { name: "a" },
            spec: { containers: [{ name: "c" }] },
            status: {
              phase: "Running",
              startTime: formatTime(0),
              conditions: [{ type: "Ready", status: "True", lastTransitionTime: formatTime(0) }],
            },
          },
        ],
      }),
    },
  );
  assert.equal(missing.turn(), 1);
  const why = "failed to get cpu utilization: missing request for cpu in container c of Pod a";
  assert.deepEqual(missing.told, [
    `Warning FailedGetResourceMetric: ${why}`,
    `Warning FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
  ]);
  assert.deepEqual(missing.status().currentMetrics, [{ type: "" }]);
  assert.ok(missing.conditions().includes("ScalingActive False FailedGetResourceMetric"));
  const gone = stage(
    {},
    { a: { cpu: 10 } },
    {
      "apps/deployments/web/scale": failed({
        code: 404,
        reason: "NotFound",
        message: 'deployments.apps "web" not found',
      }),
    },
  );
  assert.equal(gone.turn(), 1);
  assert.deepEqual(gone.told, ['Warning FailedGetScale: deployments.apps "web" not found']);
  assert.deepEqual(gone.conditions(), ["AbleToScale False FailedGetScale"]);
});

test("horizontalPodAutoscaler takes the most that its metrics ask for: of pods, of an object, from outside", () => {
  const item = (name: string, value: string) => ({ describedObject: { name }, timestamp: formatTime(startMs), value });
  const values = {
    "custom.metrics.k8s.io/pods/*/hits": ok({ items: [item("a", "3"), item("b", "5")] }),
    "custom.metrics.k8s.io/services/front/queue": ok({ items: [item("front", "300")] }),
    "external.metrics.k8s.io/jobs": ok({
      items: [
        { timestamp: formatTime(startMs), value: "30" },
        { timestamp: formatTime(startMs), value: "12" },
      ],
    }),
  };
  const hits = {
    type: "Pods",
    pods: { metric: { name: "hits" }, target: { type: "AverageValue", averageValue: "2" } },
  };
  const describedObject = { kind: "Service", name: "front", apiVersion: "v1" };
  const queue = {
    type: "Object",
    object: { metric: { name: "queue" }, describedObject, target: { type: "Value", value: "100" } },
  };
  const jobs = {
    type: "External",
    external: { metric: { name: "jobs" }, target: { type: "AverageValue", averageValue: "5" } },
  };
  const two = { a: { cpu: 0 }, b: { cpu: 0 } };
  const behavior = {
    scaleUp: { selectPolicy: "Max", policies: [{ type: "Pods", value: 20, periodSeconds: 60 }] },
    scaleDown: {},
  };
  assert.equal(stage({ metrics: [hits], behavior }, two, values).turn(), 4);
  assert.equal(stage({ metrics: [queue], behavior }, two, values).turn(), 6);
  const all = stage({ metrics: [hits, queue, jobs], behavior }, two, values);
  assert.equal(all.turn(), 9);
  assert.deepEqual(
    all
      .status()
      .currentMetrics?.map(({ pods, object, external }) => pods?.current ?? object?.current ?? external?.current),
    [{ averageValue: "4" }, { value: "300" }, { averageValue: "21" }],
  );
  const partly = stage({ metrics: [hits, queue], behavior }, two, {
    "custom.metrics.k8s.io/services/front/queue": values["custom.metrics.k8s.io/services/front/queue"],
  });
  assert.equal(partly.turn(), 6, "what is known may make it grow");
});

test("horizontalPodAutoscaler leaves a target alone within a tolerance of 0.1, or that of its behaviour, for each way", () => {
  const rules = { policies: [{ type: "Percent", value: 100, periodSeconds: 15 }], stabilizationWindowSeconds: 0 };
  const own = { scaleUp: { ...rules, tolerance: "0.5" }, scaleDown: { ...rules, tolerance: "0.02" } };
  const sizes = (behavior: object, count: number) =>
    [46, 54, 56, 80].map((used) => {
      const pods = Object.fromEntries(Array.from({ length: count }, (_each, index) => [`p${index}`, { cpu: used }]));
      return stage({ behavior, maxReplicas: 50 }, pods).turn();
    });
  assert.deepEqual(sizes({ scaleUp: rules, scaleDown: rules }, 20), [20, 20, 23, 32]);
  assert.deepEqual(sizes(own, 20), [19, 20, 20, 32]);
});
