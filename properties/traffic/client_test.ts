import type { Fault } from "../../runtime/faults/fault.ts";
import { createSimulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { createWorld } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { answersAreWhole } from "../invariants/answers_are_whole.ts";
import { requestsEnd } from "../invariants/requests_end.ts";
import { requestsSucceedAgain } from "../invariants/requests_succeed_again.ts";
import type { Command } from "../workload/command.ts";
import { giveUpMs, traffic } from "./client.ts";
import type { TrafficData } from "./client_data.ts";
import { nodeStub, type StubInput } from "./node_stub.ts";
import { trafficAddress, trafficIp } from "./traffic_plan.ts";

const node = { ip: "192.168.0.1", computer: "computer/node-0" };
const workload = (["front", "back"] as const).flatMap((name): Command[] => [
  { op: "createService", atMs: 0, name, selects: name, shape: "plain" },
  { op: "create", atMs: 0, name, replicas: 1, image: name, maxSurge: 1, maxUnavailable: 0 },
]);
const requests = [10, 0, 1_000, 70_000, 300_000].map((bytes, index) => {
  return { id: index + 1, atMs: 100 + 7 * index, node: 0, bytes, answerBytes: 300_000 - bytes, workMs: 0 };
});

/** Plays the requests against a node of this manner; gives what the client knows, and which rules were broken. */
function play(
  manner: StubInput["manner"],
  { faults = [], finale = false }: { faults?: Fault[]; finale?: boolean } = {},
) {
  const cast = { actors: [traffic, nodeStub], devices: [] };
  const simulation = createSimulation({ cast, seed: 3, faults });
  const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
  const definition: RunDefinition = { seed: 3, topology, workload, faults, healAtMs: 0, traffic: { requests } };
  const world = createWorld(definition, simulation);
  const rules = [requestsEnd, answersAreWhole, requestsSucceedAgain].map((rule) => ({
    rule,
    watch: rule.watch(world),
  }));
  const broken = new Set<string>();
  const report = ({ name }: { readonly name: string }, wrong: string | undefined) => {
    if (wrong !== undefined) broken.add(name);
  };
  simulation.onStep((address) => {
    for (const { rule, watch } of rules) report(rule, watch.step?.(address));
  });
  const client = { ip: trafficIp, computer: trafficAddress };
  simulation.spawnNow({ name: node.computer, kind: nodeStub.kind, input: { client, manner } satisfies StubInput });
  simulation.spawnNow({ name: trafficAddress, kind: traffic.kind, input: { ip: trafficIp, nodes: [node], requests } });
  simulation.advance(giveUpMs + 1_000);
  if (finale) simulation.send(trafficAddress, { type: "traffic.finale" });
  simulation.advance(giveUpMs + 1_000);
  for (const { rule, watch } of rules) report(rule, watch.end?.());
  const { ended } = simulation.dataOf(trafficAddress) as TrafficData;
  return { kinds: ended.map(({ outcome }) => outcome?.kind), broken: [...broken], ended };
}

const answered = requests.map(() => "answer");

test("the client is answered whole, large and small, and once more in the finale", () => {
  const { kinds, broken } = play("well", { finale: true });
  assert.deepEqual(kinds, [...answered, "answer", "answer"]);
  assert.deepEqual(broken, []);
});

test("the client is answered whole over links that lose, double and reorder", () => {
  const link = { from: [trafficAddress], to: [node.computer] };
  const faults: Fault[] = [
    { kind: "loss", parameters: { ...link, probability: 0.2 }, trigger: { atMs: 0 }, forMs: 20_000 },
    { kind: "duplication", parameters: { ...link, probability: 0.2 }, trigger: { atMs: 0 }, forMs: 20_000 },
    { kind: "reordering", parameters: { ...link, delayMsMax: 30 }, trigger: { atMs: 0 }, forMs: 20_000 },
  ];
  const { kinds, broken } = play("well", { faults, finale: true });
  assert.deepEqual(kinds, [...answered, "answer", "answer"]);
  assert.deepEqual(broken, []);
});

test("the client hears of refusals and breaks as errors, and nothing is wrong with that until the finale", () => {
  for (const manner of ["refusing", "breaking"] as const) {
    const { ended, broken } = play(manner);
    assert.ok(ended.every(({ outcome }) => outcome?.kind === "error"));
    assert.deepEqual(broken, [requestsSucceedAgain.name], "nothing was asked after healing");
    assert.deepEqual(play(manner, { finale: true }).broken, [requestsSucceedAgain.name]);
  }
});

test("requestsEnd finds a request that nobody answers, unless the way was broken", () => {
  const { ended, broken } = play("silent");
  assert.ok(
    ended.every(({ outcome, sentAtMs, endedAtMs }) => outcome?.kind === "silence" && endedAtMs - sentAtMs >= giveUpMs),
  );
  assert.ok(broken.includes(requestsEnd.name));
  const parameters = { from: [trafficAddress], to: [node.computer] };
  const faults: Fault[] = [{ kind: "partition", parameters, trigger: { atMs: 0 } }];
  assert.ok(!play("well", { faults }).broken.includes(requestsEnd.name));
});

test("answersAreWhole finds letters that belong to another request", () => {
  assert.ok(play("mixedUp").broken.includes(answersAreWhole.name));
  assert.ok(!play("well").broken.includes(answersAreWhole.name));
});
