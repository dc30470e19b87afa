import { assert, scenario } from "../../house/test.ts";
import { killRounds } from "./kill_rounds.ts";

scenario("killRounds() finds all that a cluster acknowledged before it was killed under load", {}, async (context) => {
  const report = await killRounds({ dataDir: await context.folder(), rounds: 2, seed: 3, writesMax: 60 });
  assert.ok(report.acknowledged > 0);
  assert.deepEqual([report.lost, report.doubled, report.wentBack], [[], [], []]);
  assert.equal(report.startsMs.length, 2);
});
