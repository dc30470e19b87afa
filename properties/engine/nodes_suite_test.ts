import { assert, test } from "../house/test.ts";
import { perform } from "./perform.ts";
import { runOf } from "./search.ts";

const suite = "nodes";

test("a campaign of the nodes suite breaks no rule", () => {
  for (let index = 0; index < 24; index++) {
    assert.equal(perform(runOf({ campaignSeed: 4, index, suite })).violation, undefined, `run ${index}`);
  }
});
