import type { KubeObject } from "../../actors/api/types.ts";
import { assert, isLong, test } from "../house/test.ts";
import { prepareTraffic } from "../traffic/prepare.ts";
import { isFrozen, isHeartbeat, performRun } from "./run.ts";
import { definitionOf } from "./search.ts";

const definitions = (count: number) =>
  Array.from({ length: count }, (_each, index) => definitionOf({ campaignSeed: 31, index }));

test("performRun() gives the same hash whether messages are frozen, and whether deliveries are kept", async () => {
  await prepareTraffic();
  for (const definition of definitions(isLong ? 6 : 2)) {
    const plain = performRun(definition, { freeze: false });
    assert.equal(plain.violation, undefined);
    assert.equal(performRun(definition, { freeze: true, journalMax: 1_000 }).hash, plain.hash);
  }
});

test("isFrozen() holds for one of eight runs of a campaign", () => {
  const frozen = definitions(400).filter(isFrozen).length;
  assert.ok(frozen > 30 && frozen < 70, `${frozen} of 400`);
});

test("isHeartbeat() holds for what a budget without pods says, and for no other event", () => {
  const told = (reason: string) => ({
    revision: 1,
    key: "/registry/events/default/web.1",
    object: { metadata: { name: "web.1" }, reason } as object as KubeObject,
    previous: undefined,
    atMs: 1,
  });
  assert.equal(isHeartbeat(told("NoPods")), true);
  assert.equal(isHeartbeat(told("Killing")), false);
});
