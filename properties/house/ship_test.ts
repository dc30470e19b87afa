import { fileURLToPath } from "node:url";
import { recipes } from "./ship.ts";
import { assert, test } from "./test.ts";

test("recipes() make nothing that names a place of this machine", async () => {
  const here = fileURLToPath(new URL("../..", import.meta.url));
  const folder = fileURLToPath(new URL("../../scenarios/images", import.meta.url));
  const all = await recipes([folder]);
  assert.ok(all.length > 20, `${all.length}`);
  for (const { name, make } of all) {
    const { sources, value } = await make();
    assert.ok(sources.length > 0 && sources.every((path) => path.startsWith(here)), name);
    assert.ok(!JSON.stringify(value).includes(here), name);
  }
});
