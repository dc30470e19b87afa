import { Command } from "commander";
import { campaignSuites, everySuite, mixedSuite } from "../../properties/engine/campaign_suites.ts";
import { assert, test } from "../../properties/house/test.ts";
import { understand } from "./check_options.ts";
import { check } from "./verbs/check.ts";

test("understand() takes a suite, kinds of faults, a rule and sizes", async () => {
  const choice = { suite: "store", faults: "crash, pause", property: "Raft is safe", topology: "stores=3,nodes=2" };
  assert.deepEqual(await understand(choice), {
    ...{ suite: "store", faults: ["crash", "pause"], property: "Raft is safe", shape: { stores: 3, nodes: 2 } },
  });
  assert.deepEqual(await understand({ faults: "none" }), { suite: mixedSuite, faults: [] });
  assert.deepEqual(await understand({}), { suite: mixedSuite });
});

test("understand() refuses what is not known, and lists what there is", async () => {
  await assert.rejects(
    understand({ suite: "stor" }),
    /Cannot check the suite "stor": there is none, use one of .*store, all, mixed/,
  );
  await assert.rejects(understand({ faults: "crash,fire" }), /with faults "fire": there is no such kind, .*partition/);
  await assert.rejects(understand({ property: "all is well" }), /no such rule, use one of\n.*Raft is safe/s);
  await assert.rejects(understand({ topology: "nodes=0" }), /"nodes=0": give sizes such as stores=3,nodes=2/);
  await assert.rejects(understand({ topology: "moons=1" }), /of stores \(1 to 5\)/);
  await assert.rejects(understand({ topology: "stores=2" }), /a store has 1, 3 or 5 replicas/);
  await assert.rejects(understand({ suite: "traffic", topology: "nodes=1" }), /leave one out/);
});

test("troupe check --help names every suite, as it describes itself", () => {
  const command = new Command("check");
  const written: string[] = [];
  check.declare(command);
  command.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
  const help = written.join("");
  for (const { name, summary } of campaignSuites) assert.match(help, new RegExp(`^ +${name} +${summary}$`, "m"));
  for (const name of [everySuite, mixedSuite]) assert.match(help, new RegExp(`^ +${name} `, "m"));
});
