import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../../properties/stages/apiserver/lab.ts";
import type { Keyspace } from "../../store/keyspace/keyspace.ts";

const inDefault = { namespace: "default" };

test("compactWhenDue() forgets what is older than an interval, once for all servers, and nobody's watch breaks", () => {
  const lab = createLab({ stores: 3, servers: 2 });
  const box = lab.watch("configmaps", { ...inDefault, server: 1 });
  for (let index = 0; index < 12; index++) {
    lab.call("create", "configmaps", { ...inDefault, body: configMapNamed(`c${index}`), server: index % 2 });
    lab.simulation.advance(60_000);
  }
  const keyspaces = [0, 1, 2].map(
    (replica) => (lab.simulation.dataOf(`store-${replica}`) as { readonly keyspace: Keyspace }).keyspace,
  );
  const compacted = keyspaces.map(({ compactedRevision }) => compactedRevision);
  assert.ok((compacted[0] ?? 0) > 1, `compacted to ${compacted.join(", ")}`);
  assert.deepEqual(new Set(compacted).size, 1);
  const written = keyspaces[0]?.keys.get("compact_rev_key")?.at(-1)?.version ?? 0;
  assert.ok(written >= 2 && written <= 4, `two servers wrote the key ${written} times in twelve minutes`);
  assert.equal(box.events.filter(({ type }) => type === "ADDED").length, 12);
  assert.equal(box.gap, false);
});
