import { assert, isLong, scenario } from "../../house/test.ts";
import type { Attack } from "./attack.ts";
import { all } from "./attacks/all.ts";
import { laySiege, siegeTable } from "./siege.ts";
import { startVictim } from "./victim.ts";

/**
 * Each attack has a moment, and the smallest cluster: `npm run long` gives them longer, `npm run hostile` longer
 * still, and a whole one, and judges how long a good client waits. Those of strangers are here, those of clients with
 * a certificate in `siege_by_clients_test.ts`.
 */
const attackMs = isLong ? 500 : 200;
const ofStrangers = all.filter(({ who }) => who === "stranger");

scenario(
  "laySiege() finds every attack of strangers survived, a good client served through each, and tells of a cluster that dies",
  { timeoutMs: 300_000 },
  async ({ use, note }) => {
    const victim = use(await startVictim(["--nodes", "1", "--stores", "1", "--apiservers", "1"]));
    const outcomes = await laySiege(victim, ofStrangers, { attackMs, recoverMs: 0 });
    for (const line of siegeTable(outcomes).split("\n")) note(line);
    assert.ok(victim.isAlive(), victim.lastWords());
    assert.equal(outcomes.length, ofStrangers.length + 1);
    for (const { name, requests, wrong } of outcomes) {
      assert.ok(requests > 0, `${name}: nobody was served`);
      assert.deepEqual(wrong, [], name);
    }

    const killing: Attack = { name: "kill", who: "admin", run: async () => victim.kill() };
    const late: Attack = { name: "late", who: "admin", run: async () => assert.fail("it is dead") };
    const last = await laySiege(victim, [killing, late], { attackMs, recoverMs: 0 });
    assert.deepEqual(
      last.map(({ isAlive }) => isAlive),
      [true, false],
    );
    assert.match(siegeTable(last), /kill .* IT DIED/);
  },
);
