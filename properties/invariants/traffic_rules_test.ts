import type { RuntimeEvent } from "../../actors/cri/runtime_event.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import type { TrafficOutcome, TrafficRecord } from "../traffic/client_data.ts";
import { trafficAddress } from "../traffic/traffic_plan.ts";
import { containersRunOnce } from "./containers_run_once.ts";
import { nodePortsAreUnique } from "./node_ports_are_unique.ts";
import { onlyEndpointsAnswer } from "./only_endpoints_answer.ts";
import { sandboxIpsAreUnique } from "./sandbox_ips_are_unique.ts";
import { theDeadDoNotAnswer } from "./the_dead_do_not_answer.ts";
import { whatRunsIsWanted } from "./what_runs_is_wanted.ts";
import { whatWasAnsweredArrives } from "./what_was_answered_arrives.ts";

const node = "computer/node-0";

/** A run of which only the client, the runtimes and what the store has are played. */
function stage(rule: Invariant, { faults = [], objects = [] }: { faults?: Fault[]; objects?: unknown[] } = {}) {
  let nowMs = 0;
  const data: { begun: TrafficRecord[]; ended: TrafficRecord[] } = { begun: [], ended: [] };
  const world = {
    definition: { traffic: { requests: [] }, faults, workload: [] },
    simulation: { dataOf: () => data, uptimeMs: () => nowMs },
    list: () => objects,
  } as unknown as World;
  const watch = rule.watch(world);
  return {
    watch,
    at: (ms: number) => {
      nowMs = ms;
    },
    runtime: (type: string, name: string, more: object = {}) =>
      watch.runtime?.({ node, type, pod: podOf(name), ips: ["10.244.0.2"], exitCode: 0, ...more } as RuntimeEvent),
    send(id: number): TrafficRecord {
      const request = { id, atMs: nowMs, node: 0, bytes: 0, answerBytes: 0, workMs: 0 };
      const place = { ip: "192.168.0.1", computer: node };
      const record: TrafficRecord = { request, node: place, sentAtMs: nowMs, endedAtMs: 0, outcome: undefined };
      data.begun.push(record);
      assert.equal(watch.step?.(trafficAddress), undefined);
      return record;
    },
    end(record: TrafficRecord, outcome: TrafficOutcome) {
      record.outcome = outcome;
      record.endedAtMs = nowMs;
      data.ended.push(record);
      return watch.step?.(trafficAddress);
    },
  };
}

function podOf(name: string) {
  return { name, namespace: "default", uid: `uid of ${name}`, attempt: 0 };
}

function answerFrom(front: string, back = front): TrafficOutcome {
  const text = JSON.stringify({ id: 1, front: { pod: front }, back: { pod: back }, letters: "" });
  return { kind: "answer", status: 200, text };
}

const reset: TrafficOutcome = { kind: "error", message: "connection: reset" };

test("theDeadDoNotAnswer() finds an answer by a pod that had ended before the request was sent, however it ended", () => {
  for (const end of ["container.exited", "sandbox.stopped", "node.lost"]) {
    const { runtime, send, end: finish } = stage(theDeadDoNotAnswer);
    runtime("container.started", "front-1");
    const before = send(1);
    runtime(end, "front-1");
    assert.equal(finish(before, answerFrom("front-1")), undefined);
    assert.match(finish(send(2), answerFrom("front-1")) ?? "", /^front-1 had ended before it was sent: request 2 /);
    runtime("container.started", "front-1");
    assert.equal(finish(send(3), answerFrom("front-1")), undefined, "it was started again");
  }
});

test("whatWasAnsweredArrives() finds an answer that was lost, unless its server was killed or the way was broken", () => {
  const link = { from: [node], to: [trafficAddress] };
  const partition: Fault = { kind: "partition", parameters: link, trigger: { atMs: 1_000 }, forMs: 5_000 };
  const play = (how: { exitCode?: number; faults?: Fault[] }) => {
    const { runtime, send, end, at } = stage(whatWasAnsweredArrives, how);
    runtime("container.started", "front-1");
    at(2_000);
    const record = send(7);
    runtime("container.wrote", "front-1", { text: "answered 7 with 200" });
    if (how.exitCode !== undefined) runtime("container.exited", "front-1", { exitCode: how.exitCode });
    return end(record, reset);
  };
  assert.match(play({}) ?? "", /^front-1 answered at 2000 ms: request 7 /);
  assert.match(play({ exitCode: 0 }) ?? "", /connection: reset$/, "it ended well, and took the answer with it");
  assert.equal(play({ exitCode: 137 }), undefined);
  assert.equal(play({ faults: [partition] }), undefined);
});

test("onlyEndpointsAnswer() finds an answer by a pod that was no endpoint for longer than rules take to follow", () => {
  const slice = (serving: boolean) => ({
    endpoints: [{ conditions: { ready: false, serving, terminating: true }, targetRef: { name: "back-1" } }],
  });
  const { watch, send, end, at } = stage(onlyEndpointsAnswer);
  const commit = (object: unknown, atMs: number) =>
    watch.commit?.({ revision: 1, key: "/registry/endpointslices/default/back", object, atMs } as never);
  commit(slice(true), 1_000);
  commit(slice(false), 5_000);
  at(7_000);
  assert.equal(end(send(1), answerFrom("back-1")), undefined);
  at(9_000);
  assert.match(end(send(2), answerFrom("back-1")) ?? "", /^back-1 was no endpoint any more since 5000 ms/);
  const late: Fault = {
    kind: "crash",
    parameters: { actor: "kube-proxy/node-0" },
    trigger: { atMs: 6_000 },
    forMs: 99,
  };
  const excused = stage(onlyEndpointsAnswer, { faults: [late] });
  excused.at(9_000);
  assert.equal(excused.end(excused.send(3), answerFrom("back-1")), undefined);
});

test("sandboxIpsAreUnique() finds an IP that two live sandboxes have, on whatever nodes", () => {
  const { runtime } = stage(sandboxIpsAreUnique);
  assert.equal(runtime("sandbox.ready", "a"), undefined);
  runtime("sandbox.stopped", "a");
  assert.equal(runtime("sandbox.ready", "b"), undefined);
  assert.match(runtime("sandbox.ready", "c", { node: "computer/node-1" }) ?? "", /^10\.244\.0\.2 was given to pod c /);
  runtime("node.lost", "");
  assert.equal(runtime("sandbox.ready", "d"), undefined);
});

test("whatRunsIsWanted() finds a container whose pod is gone, and no other", () => {
  const { runtime, watch } = stage(whatRunsIsWanted, { objects: [{ metadata: { uid: podOf("kept").uid } }] });
  for (const name of ["kept", "gone", "ended"]) runtime("container.started", name);
  runtime("container.exited", "ended");
  assert.equal(watch.end?.(), "pod gone is gone, and runs at computer/node-0");
  runtime("container.exited", "gone");
  assert.equal(watch.end?.(), undefined);
});

test("nodePortsAreUnique() finds a port that two Services have for one protocol", () => {
  const serviceOf = (name: string, protocol: string) => ({
    metadata: { name, uid: name },
    spec: { ports: [{ port: 80, nodePort: 30_080, protocol }] },
  });
  const { watch } = stage(nodePortsAreUnique, { objects: [serviceOf("web", "TCP")] });
  const commit = (object: unknown) => watch.commit?.({ key: "/registry/services/specs/default/api", object } as never);
  assert.equal(commit(serviceOf("api", "UDP")), undefined);
  assert.equal(commit(serviceOf("api", "TCP")), "TCP 30080 was given to api and to web");
});

test("containersRunOnce finds a container that is started beside itself, and a pod that runs on two nodes", () => {
  const pod = { metadata: { uid: podOf("web").uid }, spec: { containers: [{ name: "main" }] } };
  const begin = () => {
    const on = stage(containersRunOnce);
    const key = "/registry/pods/default/web";
    on.watch.commit?.({ revision: 2, key, object: pod as never, previous: undefined, atMs: 0 });
    assert.equal(on.runtime("container.started", "web"), undefined);
    return on;
  };
  const restarted = begin();
  assert.equal(restarted.runtime("container.exited", "web"), undefined);
  assert.equal(restarted.runtime("container.started", "web"), undefined);
  assert.match(restarted.runtime("container.started", "web") ?? "", /2 running containers/);
  const moved = begin();
  assert.match(moved.runtime("container.started", "web", { node: "computer/node-1" }) ?? "", /while it runs/);
  const lost = begin();
  assert.equal(lost.runtime("node.lost", "web"), undefined);
  assert.equal(lost.runtime("container.started", "web", { node: "computer/node-1" }), undefined);
});
