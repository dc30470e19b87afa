import { assert, isLong, scenario } from "../../house/test.ts";
import { all } from "./attacks/all.ts";
import { laySiege, siegeTable } from "./siege.ts";
import { startVictim } from "./victim.ts";

/** As in `siege_test.ts`, where the attacks of strangers are. */
const attackMs = isLong ? 500 : 200;
const ofClients = all.filter(({ who }) => who !== "stranger");

scenario(
  "laySiege() finds every attack of clients with a certificate survived, and a good client served through each",
  { timeoutMs: 300_000 },
  async ({ use, note }) => {
    const victim = use(await startVictim(["--nodes", "1", "--stores", "1", "--apiservers", "1"]));
    const outcomes = await laySiege(victim, ofClients, { attackMs, recoverMs: 0 });
    for (const line of siegeTable(outcomes).split("\n")) note(line);
    assert.ok(victim.isAlive(), victim.lastWords());
    assert.equal(outcomes.length, ofClients.length + 1);
    for (const { name, requests, wrong } of outcomes) {
      assert.ok(requests > 0, `${name}: nobody was served`);
      assert.deepEqual(wrong, [], name);
    }
  },
);
