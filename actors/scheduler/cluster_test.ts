import { assert, test } from "../../properties/house/test.ts";
import { nodeOf, podOf } from "../../properties/stages/scheduler/scheduling_objects.ts";
import { createSimulation } from "../../runtime/hosts/simulation/simulation.ts";
import { modelCast } from "../../scenarios/cluster/cast.ts";
import { childSpecs } from "../../scenarios/cluster/child_specs.ts";
import type { Event, Frozen, KubeList, KubeObject, Pod } from "../api/types.ts";
import type { ApiRequest, ApiResponse } from "../apiserver/messages.ts";
import type { SchedulerConfiguration } from "./configuration/configuration.ts";

/** A scheduler with a real API server and store, and no kubelets: nodes are only written down. */
function clusterOf(nodes: readonly string[], schedulerConfiguration: SchedulerConfiguration = {}) {
  const simulation = createSimulation({ cast: modelCast(), seed: 3 });
  const topology = { nodes: 0, stores: 1, apiservers: 1, managers: 0, schedulers: 1, schedulerConfiguration } as const;
  for (const spec of childSpecs(topology)) simulation.spawnNow(spec);
  assert.ok(simulation.runUntil(() => simulation.report("scheduler/0")?.phase === "scheduling", 20_000));
  const ask = (request: Partial<ApiRequest>) => {
    const message = { type: "api.request", group: "", version: "v1", ...request } as ApiRequest;
    const answer = simulation.askNow("apiserver/0", message, 5_000) as ApiResponse;
    assert.ok(answer.code < 400, answer.body);
    return JSON.parse(answer.body) as unknown;
  };
  const create = (resource: string, { metadata: { uid: _theServers, ...metadata }, ...rest }: Frozen<KubeObject>) => {
    const { namespace } = metadata;
    const body = JSON.stringify({ ...rest, metadata });
    ask({ verb: "create", resource, body, ...(namespace ? { namespace } : {}) });
  };
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } };
  create("serviceaccounts", account);
  for (const name of nodes) create("nodes", nodeOf({ name }));
  return {
    simulation,
    addPod: (name: string, cpu: string, schedulerName = "default-scheduler") =>
      create("pods", podOf({ name, requests: { cpu }, spec: { schedulerName } })),
    pods: () => (ask({ verb: "list", resource: "pods", namespace: "default" }) as KubeList<Pod>).items,
    events: () => (ask({ verb: "list", resource: "events", namespace: "default" }) as KubeList<Event>).items,
  };
}

test("pods are bound through the API server, and one that does not fit is told why", () => {
  const cluster = clusterOf(["a", "b"]);
  for (const name of ["p0", "p1", "p2"]) cluster.addPod(name, "3");
  cluster.simulation.advance(10_000);
  const pods = cluster.pods();
  assert.deepEqual(pods.map(({ spec }) => spec.nodeName ?? "").sort(), ["", "a", "b"]);
  const waiting = pods.find(({ spec }) => !spec.nodeName);
  const condition = waiting?.status.conditions?.find(({ type }) => type === "PodScheduled");
  const message =
    "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, " +
    "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.";
  assert.equal(condition?.reason, "Unschedulable");
  assert.equal(condition?.message, message);
  const told = cluster.events().map(({ reason, message: text }) => `${reason}: ${text}`);
  assert.ok(told.includes(`FailedScheduling: ${message}`));
  assert.equal(told.filter((text) => text.startsWith("Scheduled: Successfully assigned default/p")).length, 2);
  assert.deepEqual(cluster.simulation.failures(), []);
});

test("each profile is a scheduler of its own name, with its own plugins and arguments", () => {
  const cluster = clusterOf(["a", "b", "c"], {
    profiles: [
      { schedulerName: "default-scheduler" },
      {
        schedulerName: "packer",
        plugins: { multiPoint: { disabled: [{ name: "NodeResourcesBalancedAllocation" }] } },
        pluginConfig: [{ name: "NodeResourcesFit", args: { scoringStrategy: { type: "MostAllocated" } } }],
      },
    ],
  });
  for (const name of ["p0", "p1", "p2"]) cluster.addPod(name, "1", "packer");
  for (const name of ["d0", "d1"]) cluster.addPod(name, "1");
  cluster.addPod("nobodys", "1", "another");
  cluster.simulation.advance(10_000);
  const nodes = Object.fromEntries(cluster.pods().map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
  assert.equal(new Set([nodes.p0, nodes.p1, nodes.p2]).size, 1, "the packer fills one node");
  assert.equal(new Set([nodes.p0, nodes.d0, nodes.d1]).size, 3, "the default scheduler spreads");
  assert.equal(nodes.nobodys, undefined);
  const tellers = new Set(
    cluster.events().map(({ involvedObject, source }) => `${involvedObject.name} ${source?.component}`),
  );
  assert.ok(tellers.has("p0 packer") && tellers.has("d0 default-scheduler"));
  assert.deepEqual(cluster.simulation.failures(), []);
});
