import { assert, test } from "../house/test.ts";
import { growthError } from "./growth.ts";
import { patchPod, worstPatches } from "./patches.ts";

/** As many items as three megabytes have room for, about. */
const sizeMax = 60_000;

for (const { name, types, make } of worstPatches) {
  for (const type of types) {
    test(`a ${type} patch takes no more than linear time: ${name}`, () =>
      assert.equal(growthError({ make, sizeMax, run: (input) => patchPod(type, input) }), undefined));
  }
}
