import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { serviceNamed, sliceOf } from "../stages/kube_proxy/objects.ts";
import { endpointsEqualReadyPods } from "./endpoints_equal_ready_pods.ts";
import { proxyRulesEqualSlices } from "./proxy_rules_equal_slices.ts";

/** A world at rest that holds these objects, by the prefix of their keys. */
function worldOf(objects: Readonly<Record<string, readonly object[]>>, rest: object = {}): World {
  return {
    definition: { topology: { proxies: true } },
    list: (prefix: string) => objects[prefix] ?? [],
    get: (key: string) => (objects[key] ?? [])[0],
    ...rest,
  } as unknown as World;
}

const service = serviceNamed("default/web", { selector: { app: "web" } });

function pod(ip: string, isReady: boolean): object {
  return {
    metadata: { name: ip, namespace: "default", labels: { app: "web" } },
    status: { phase: "Running", podIP: ip, conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
  };
}

function slice(endpoints: Parameters<typeof sliceOf>[1]): object {
  const made = sliceOf("default/web", endpoints);
  made.metadata.labels = {
    ...made.metadata.labels,
    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
  };
  return made;
}

function judged(slices: readonly object[], subset: object): string | undefined {
  const world = worldOf({
    "/registry/services/specs/": [service],
    "/registry/pods/": [pod("10.0.0.1", true), pod("10.0.0.2", false)],
    "/registry/endpointslices/": slices,
    "/registry/services/endpoints/default/web": [{ subsets: [subset] }],
  });
  return endpointsEqualReadyPods.watch(world).end?.();
}

const right = [{ ip: "10.0.0.1" }, { ip: "10.0.0.2", state: "unready" }] as const;
const subset = { addresses: [{ ip: "10.0.0.1" }], notReadyAddresses: [{ ip: "10.0.0.2" }] };

test("endpointsEqualReadyPods compares slices and Endpoints with the pods", () => {
  assert.equal(judged([slice(right)], subset), undefined);
  assert.equal(judged([slice([right[0]]), slice([right[1]])], subset), undefined);
});

test("endpointsEqualReadyPods finds stale, missing and double endpoints, and wrong Endpoints", () => {
  const says = /its pods are \[10\.0\.0\.1 ready serving, 10\.0\.0\.2\], its endpoints say/;
  assert.match(judged([slice([{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }])], subset) ?? "", says);
  assert.match(judged([slice([right[0]])], subset) ?? "", says);
  assert.match(judged([slice(right), slice([right[0]])], subset) ?? "", says);
  assert.match(judged([slice(right)], { addresses: [{ ip: "10.0.0.1" }, { ip: "10.0.0.2" }] }) ?? "", /say \[10/);
});

test("proxyRulesEqualSlices compares the rules of each node with what the store makes of them", () => {
  const one = sliceOf("default/web", [{ ip: "10.0.0.1" }]);
  const stored = { "/registry/services/specs/": [service], "/registry/endpointslices/": [one] };
  const verdict = (has: typeof one, outcome: string) => {
    const tracker = createChangeTracker("a");
    tracker.setService(service);
    tracker.setSlice(has);
    tracker.take();
    const proxy = { input: { node: "a", computer: "computer/a" }, sync: { outcome } };
    const dataOf = (address: string) => (address === "computer/a" ? { rules: { rules: tracker.rules } } : proxy);
    const simulation = { addresses: () => ["kube-proxy/a", "kubelet/a"], dataOf };
    return proxyRulesEqualSlices.watch(worldOf(stored, { simulation })).end?.();
  };
  assert.equal(verdict(one, "applied"), undefined);
  assert.match(verdict(sliceOf("default/web", []), "applied") ?? "", /On a: default\/web:p80 leads to .*10\.0\.0\.1/);
  assert.match(verdict(one, "waiting") ?? "", /not in force/);
});

test("proxyRulesEqualSlices asks the computers where nodes have them, whatever their kube-proxies believe", () => {
  const one = sliceOf("default/web", [{ ip: "10.0.0.1" }]);
  const stored = { "/registry/services/specs/": [service], "/registry/endpointslices/": [one] };
  const tracker = createChangeTracker("a");
  tracker.setService(service);
  tracker.setSlice(one);
  tracker.take();
  const verdict = (rules: ReadonlyMap<string, unknown> | undefined) => {
    const proxy = { input: { node: "a", computer: "computer/a" }, sync: { outcome: "applied" }, tracker };
    const dataOf = (address: string) => (address === "computer/a" ? rules && { rules: { rules } } : proxy);
    const simulation = { addresses: () => ["kube-proxy/a"], dataOf };
    const definition = { topology: { proxies: true, computers: true } };
    return proxyRulesEqualSlices.watch(worldOf(stored, { simulation, definition })).end?.();
  };
  assert.equal(verdict(tracker.rules), undefined);
  assert.equal(verdict(new Map()), "On a: there is no rule for default/web:p80");
  assert.match(verdict(undefined) ?? "", /On a: the computer does not run/);
});
