import { narrateRun } from "../engine/narration.ts";
import { performRun, type RunResult } from "../engine/run.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { definitionOf } from "../engine/search.ts";
import { assert, test } from "../house/test.ts";
import { prepareTraffic } from "./prepare.ts";
import { trafficOf } from "./records.ts";

await prepareTraffic();

/** What came of a run, and of its requests. */
interface Served {
  readonly definition: RunDefinition;
  readonly result: RunResult;
  readonly sent: number;
  readonly answered: number;
}

function serve(campaignSeed: number, { runs, withoutFaults }: { runs: number; withoutFaults: boolean }): Served[] {
  return Array.from({ length: runs }, (_each, index) => {
    const definition = definitionOf({ campaignSeed, index, traffic: "always", withoutFaults });
    let [sent, answered] = [0, 0];
    const result = performRun(definition, {
      inspect(world) {
        const records = trafficOf(world)?.begun ?? [];
        sent = records.length;
        answered = records.filter(({ outcome }) => outcome?.kind === "answer" && outcome.status === 200).length;
      },
    });
    return { definition, result, sent, answered };
  });
}

test("performRun() serves every request through rolling updates and scaling where nothing breaks", () => {
  for (const { definition, result, sent, answered } of serve(61, { runs: 3, withoutFaults: true })) {
    assert.equal(result.violation, undefined);
    assert.equal(answered, sent);
    assert.ok(sent > definition.topology.nodes);
  }
});

test("performRun() keeps the rules of traffic under pods killed, nodes lost, bad links and late rules", () => {
  const runs = serve(67, { runs: 4, withoutFaults: false });
  for (const { result } of runs) assert.equal(result.violation, undefined);
  // Else nothing would have been tried.
  assert.ok(runs.some(({ definition }) => definition.faults.length > 0));
  assert.ok(runs.some(({ sent, answered }) => answered < sent));
});

test("narrateRun() tells which pods a request was answered by, and when they ran", () => {
  const { narration, hash } = narrateRun(definitionOf({ campaignSeed: 61, index: 0, traffic: "always" }));
  const [told = "", front = ""] =
    narration
      .map((line) => / request \d+ has ended: answer 200: from (front-\S+) and back-\S+$/.exec(line))
      .find(Boolean) ?? [];
  const at = (text: string) => narration.findIndex((line) => line.includes(text));
  assert.ok(at(`pod ${front} gets 10.244.`) >= 0);
  assert.ok(at(`pod ${front} runs`) < at(told));
  assert.ok(narration.some((line) => / request \d+ is sent to computer\/node-\d: /.test(line)));
  // Whoever listens changes nothing.
  assert.equal(hash, performRun(definitionOf({ campaignSeed: 61, index: 0, traffic: "always" })).hash);
});
