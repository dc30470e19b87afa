import { assert, fc, property, test } from "../../properties/house/test.ts";
import {
  computerAt,
  computerStage,
  podIp,
  type StageOptions,
  serviceRule,
} from "../../properties/stages/computer/stage.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { trafficOf } from "./data.ts";

const clusterIp = "10.96.0.7";

/** A client on node 0 that reaches a server on node 1 through a Service; the server says back what it hears. */
function stageWith(options: StageOptions = {}) {
  const stage = computerStage(options);
  const client = stage.pod(0, "shop/client", 2);
  const server = stage.pod(1, "shop/server", 9);
  const said = { size: 0 };
  stage.node(1).servers.set(`${server}:8080`, (received) => {
    const news = received.slice(said.size);
    said.size = received.length;
    return news;
  });
  stage.rules(serviceRule(clusterIp, [{ ip: podIp(1, 9), port: 8080 }]));
  const socket = stage.node(0).connect(clusterIp, 80, client);
  const heard = () => stage.node(0).sockets.get(socket)?.received;
  return { stage, client, server, socket, heard };
}

const between = { from: [computerAt(0)], to: [computerAt(1)] };
const trigger = { atMs: 0 };
const cut: Fault = { kind: "partition", parameters: between, trigger };
const losing = (probability: number): Fault => ({ kind: "loss", parameters: { ...between, probability }, trigger });
const doubling = (probability: number): Fault => {
  return { kind: "duplication", parameters: { ...between, probability }, trigger };
};
const reordering = (delayMsMax: number): Fault => {
  return { kind: "reordering", parameters: { ...between, delayMsMax }, trigger };
};

test("a partition that heals while there are tries left delays bytes, and brings each once", () => {
  const { stage, socket, heard } = stageWith();
  stage.simulation.advance(100);
  const heal = stage.simulation.faults.begin(cut);
  for (const word of ["one ", "two ", "three"]) stage.node(0).send(socket, word);
  stage.simulation.advance(120_000);
  assert.equal(heard(), "");
  heal();
  stage.simulation.advance(120_000);
  assert.equal(heard(), "one two three");
});

test("a connection begun in a partition stands when that heals in time, and fails after 127 seconds when not", () => {
  const { stage, client } = stageWith();
  const heal = stage.simulation.faults.begin(cut);
  const early = stage.node(0).connect(clusterIp, 80, client);
  stage.simulation.advance(100_000);
  const late = stage.node(0).connect(clusterIp, 80, client);
  assert.deepEqual(stage.news(0, early, 28_000), ["ETIMEDOUT: connect ETIMEDOUT 10.96.0.7:80"]);
  heal();
  assert.deepEqual(stage.news(0, late, 35_000), ["connected 10.96.0.7:80"]);
});

test("a computer that lost power knows no connection: the other side is told when it writes", () => {
  const { stage, socket } = stageWith();
  stage.node(0).send(socket, "hello");
  stage.simulation.advance(10);
  stage.simulation.crashNow(computerAt(1), "power loss");
  assert.deepEqual(stage.news(0, socket, 60_000), ["connected 10.96.0.7:80"]);
  stage.node(0).send(socket, "still there?");
  assert.deepEqual(stage.news(0, socket, 10_000), ["connected 10.96.0.7:80"], "no pod has the address: silence");
  stage.pod(1, "shop/server", 9);
  assert.deepEqual(stage.news(0, socket, 30_000), ["connected 10.96.0.7:80", "reset"]);
});

test("a computer that is switched off in good order tells the other ends of its connections", () => {
  const { stage, socket } = stageWith();
  stage.node(0).send(socket, "hello");
  stage.simulation.advance(10);
  void stage.simulation.stop(computerAt(1));
  assert.deepEqual(stage.news(0, socket, 1_000), ["connected 10.96.0.7:80", "reset"]);
});

test("a client's computer that lost power leaves a server with a connection that it resets when it hears of it", () => {
  const { stage, socket } = stageWith();
  stage.node(0).send(socket, "hello");
  stage.simulation.advance(1_000);
  stage.simulation.crashNow(computerAt(0), "power loss");
  stage.simulation.advance(5_000);
  const accepted = [...stage.node(1).sockets.keys()].find((number) => number > 0) ?? 0;
  stage.pod(0, "shop/client", 2);
  stage.node(1).send(accepted, "news");
  assert.deepEqual(stage.news(1, accepted, 5_000), ["from 10.244.0.2", "reset"]);
  assert.equal(trafficOf(stage.data(1)).transport.size, 0);
});

test("two runs are the same to the last delivery", () => {
  const run = () => {
    const { stage, socket } = stageWith({
      seed: 7,
      faults: [losing(0.2), reordering(20)],
    });
    for (let index = 0; index < 20; index++) {
      stage.node(0).send(socket, "x".repeat(5_000));
      stage.simulation.advance(50);
    }
    stage.simulation.advance(60_000);
    return [stage.simulation.journal.hash(), stage.node(0).sockets.get(socket)?.received.length];
  };
  const first = run();
  assert.deepEqual(run(), first);
  assert.equal(first[1], 100_000);
});

property(
  "whatever links between computers do for a while, what comes back is what was said, each byte once",
  [
    fc.record({
      loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
      duplication: fc.double({ min: 0, max: 0.5, noNaN: true }),
      delayMsMax: fc.nat(300),
      words: fc.array(fc.record({ size: fc.nat(200_000), waitMs: fc.nat(400) }), { minLength: 1, maxLength: 8 }),
      seed: fc.nat(),
    }),
  ],
  ({ loss, duplication, delayMsMax, words, seed }) => {
    const faults = [losing(loss), doubling(duplication), reordering(delayMsMax)];
    const { stage, socket, heard } = stageWith({ seed, faults: faults.map((each) => ({ ...each, forMs: 20_000 })) });
    stage.simulation.advance(90_000);
    assert.deepEqual(stage.news(0, socket), ["connected 10.96.0.7:80"]);
    const ends = faults.map((each) => stage.simulation.faults.begin(each));
    let text = "";
    for (const { size, waitMs } of words) {
      const word = String.fromCharCode(97 + (text.length % 26)).repeat(size);
      text += word;
      stage.node(0).send(socket, word);
      stage.simulation.advance(waitMs);
    }
    for (const end of ends) end();
    stage.simulation.advance(240_000);
    assert.equal(heard()?.length, text.length);
    assert.ok(heard() === text, "other bytes came back");
    for (const index of [0, 1]) assert.equal(trafficOf(stage.data(index)).wake.atMs, undefined);
  },
  { runs: 25 },
);
