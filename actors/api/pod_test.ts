import { assert, fc, property, test } from "../../properties/house/test.ts";
import { present } from "../kit/present.ts";
import type { ConditionLike } from "./conditions.ts";
import { getCondition, removeCondition, setCondition } from "./conditions.ts";
import { getControllerOf, newControllerRef } from "./owner_references.ts";
import { isPodActive, isPodAvailable, isPodReady, isPodTerminated, podQosClass, podRequests } from "./pod.ts";
import { formatTime } from "./time.ts";
import type { Container, Pod, PodSpec } from "./types.ts";
import { deepFreeze } from "./types.ts";

const nowMs = 1_700_000_000_000;

function podWith(spec: Partial<PodSpec>, status: Pod["status"] = {}): Pod {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [], ...spec }, status };
}

function container(cpu: string, memory: string, more: Partial<Container> = {}): Container {
  return { name: "c", image: "i", resources: { requests: { cpu, memory } }, ...more };
}

test("isPodAvailable() waits until the pod was ready long enough", () => {
  const ready = { type: "Ready", status: "True", lastTransitionTime: formatTime(nowMs - 10_000) };
  const pod = podWith({}, { conditions: [ready] });
  assert.ok(isPodReady(pod));
  assert.ok(isPodAvailable(pod, { minReadySeconds: 0, nowMs }));
  assert.ok(isPodAvailable(pod, { minReadySeconds: 10, nowMs }));
  assert.ok(!isPodAvailable(pod, { minReadySeconds: 11, nowMs }));
  assert.ok(!isPodReady(podWith({})));
});

test("isPodActive() counts neither ended pods nor those being deleted", () => {
  assert.ok(isPodActive(podWith({}, { phase: "Running" })));
  assert.ok(isPodTerminated(podWith({}, { phase: "Failed" })));
  assert.ok(!isPodActive(podWith({}, { phase: "Succeeded" })));
  const leaving = podWith({});
  leaving.metadata.deletionTimestamp = formatTime(nowMs);
  assert.ok(!isPodActive(leaving));
});

test("podRequests() takes the peak of init containers, adds sidecars and overhead", () => {
  const spec = deepFreeze<PodSpec>({
    containers: [container("100m", "100Mi"), container("200m", "50Mi")],
    initContainers: [container("50m", "10Mi", { restartPolicy: "Always" }), container("1", "20Mi")],
    overhead: { cpu: "10m", memory: "1Mi" },
  });
  const requests = podRequests(spec);
  assert.equal(requests.get("cpu"), 1050 + 10);
  assert.equal(requests.get("memory"), (160 + 1) * 1024 * 1024);
  assert.equal(podRequests(spec), requests);
});

test("podQosClass() follows requests and limits of cpu and memory", () => {
  const full = { cpu: "1", memory: "1Gi" };
  const of = (resources: Container["resources"]): string =>
    podQosClass({ containers: [{ name: "c", image: "i", ...present({ resources }) }] });
  assert.equal(of(undefined), "BestEffort");
  assert.equal(of({ requests: { cpu: "1" } }), "Burstable");
  assert.equal(of({ limits: full, requests: { cpu: "1000m", memory: "1Gi" } }), "Guaranteed");
  assert.equal(of({ limits: full, requests: { ...full, cpu: "500m" } }), "Burstable");
});

test("what a pod says as a whole decides its quality of service and what it requests", () => {
  const whole = (resources: object, own?: Container["resources"]): PodSpec =>
    ({ containers: [{ name: "c", image: "i", ...present({ resources: own }) }], resources }) as PodSpec;
  const full = { cpu: "1", memory: "1Gi" };
  assert.equal(podQosClass(whole({ limits: full, requests: full }, { requests: { cpu: "500m" } })), "Guaranteed");
  assert.equal(podQosClass(whole({ requests: { cpu: "1" } }, { limits: full, requests: full })), "Burstable");
  const requests = podRequests(
    deepFreeze(whole({ requests: { cpu: "2" } }, { requests: { cpu: "500m", memory: "1Ki" } })),
  );
  assert.deepEqual([requests.get("cpu"), requests.get("memory")], [2000, 1024]);
});

test("setCondition() moves the transition time only with the status", () => {
  const first = setCondition<ConditionLike>(undefined, { condition: { type: "Ready", status: "False" }, nowMs });
  const told = setCondition<ConditionLike>(first, {
    condition: { type: "Ready", status: "False", reason: "R" },
    nowMs: nowMs + 5000,
  });
  assert.equal(getCondition(told, "Ready")?.lastTransitionTime, formatTime(nowMs));
  const again = setCondition<ConditionLike>(told, {
    condition: { type: "Ready", status: "False", reason: "R" },
    nowMs: nowMs + 9000,
  });
  assert.equal(again, told);
  const turned = setCondition<ConditionLike>(told, {
    condition: { type: "Ready", status: "True" },
    nowMs: nowMs + 9000,
  });
  assert.equal(getCondition(turned, "Ready")?.lastTransitionTime, formatTime(nowMs + 9000));
  assert.deepEqual(removeCondition(turned, "Ready"), []);
});

const change = fc.record({
  type: fc.constantFrom("A", "B"),
  status: fc.constantFrom("True", "False"),
  afterMs: fc.nat(5000),
});

property("each type has one condition, whatever is set", [fc.array(change)], (changes) => {
  let conditions: readonly ConditionLike[] = [];
  let time = nowMs;
  for (const { afterMs, type, status } of changes) {
    time += afterMs;
    conditions = setCondition(conditions, { condition: { type, status }, nowMs: time });
    assert.equal(getCondition(conditions, type)?.status, status);
  }
  assert.equal(new Set(conditions.map(({ type }) => type)).size, conditions.length);
});

test("newControllerRef() makes an object that its owner controls", () => {
  const owner = podWith({});
  owner.metadata.uid = "u1";
  const owned = podWith({});
  owned.metadata.ownerReferences = [{ apiVersion: "v1", kind: "Node", name: "n", uid: "n1" }, newControllerRef(owner)];
  assert.equal(getControllerOf(owned)?.uid, "u1");
  assert.equal(getControllerOf(podWith({})), undefined);
});
