import { assert, test } from "../house/test.ts";
import { divergingWrite, type RecordedRun, type RecordedWrite, recordRun } from "./record_run.ts";
import { performRun } from "./run.ts";
import type { RunDefinition } from "./run_definition.ts";
import { runPage } from "./run_page.ts";
import { tellSteps } from "./tell_steps.ts";

const definition: RunDefinition = {
  seed: 3,
  topology: { nodes: 1, stores: 1, apiservers: 1 },
  workload: [],
  faults: [{ kind: "crash", parameters: { actor: "apiserver/0" }, trigger: { atMs: 700 }, forMs: 100 }],
  healAtMs: 1_500,
};

test("recordRun() keeps all of a run and changes nothing of it; its steps and its page are told", () => {
  const run = recordRun(definition);
  assert.equal(run.hash, performRun(definition).hash);
  assert.equal(run.steps.length, run.events);
  assert.deepEqual([run.steps[0]?.step, run.steps.at(-1)?.step], [1, run.events]);
  const servers = tellSteps(run, { component: "apiserver/0", until: 400, linesMax: 1_000 });
  assert.ok(servers.length > 3 && servers.every((line) => line.includes("apiserver/0")), servers.join("\n"));
  assert.ok(servers.every((line) => Number(/#(\d+)/.exec(line)?.[1] ?? 0) <= 400));
  const node = tellSteps(run, { object: "node/node-0", linesMax: 1_000 });
  assert.ok(
    node.some((line) => line.includes("the store has: minions/node-0 created")),
    node.slice(0, 20).join("\n"),
  );
  const calm = recordRun({ ...definition, faults: [] });
  const page = runPage({ title: "a <b>", introduction: ["one"], run, calm, violation: undefined });
  assert.match(page, /<h1>a &lt;b&gt;<\/h1>/);
  assert.match(page, /apiserver\/0 crashes/);
  assert.match(page, /<svg .*<path class="head"/s);
  assert.doesNotMatch(page, /(src|href)=|https?:/);
});

test("divergingWrite() is the first write that the run without faults does not have, heartbeats aside", () => {
  const write = (key: string, what: RecordedWrite["what"], atMs: number): RecordedWrite => ({
    step: 1,
    key,
    what,
    atMs,
    text: "",
  });
  const of = (...writes: RecordedWrite[]) => ({ writes, faults: [{ atMs: 10, text: "f" }] }) as unknown as RecordedRun;
  const calm = of(write("pods/a/x", "created", 5), write("pods/a/x", "changed", 20));
  const twice = write("pods/a/y", "created", 30);
  const run = of(
    write("pods/a/x", "created", 5),
    write("leases/l", "created", 11),
    write("pods/a/x", "changed", 25),
    twice,
  );
  assert.equal(divergingWrite(run, calm), twice);
  assert.equal(divergingWrite(calm, calm), undefined);
  const gone = write("pods/a/x", "deleted", 22);
  assert.equal(divergingWrite(of(write("pods/a/x", "created", 5), gone), calm), gone);
});
