import { loadMutated } from "../engine/load_mutated.ts";
import { assert, isLong, test } from "../house/test.ts";
import { endsCountedTwice } from "../mutations/ends_counted_twice.ts";
import { expectationsIgnored } from "../mutations/expectations_ignored.ts";
import { failuresNotRetried } from "../mutations/failures_not_retried.ts";
import { setsStartAtOnce } from "../mutations/sets_start_at_once.ts";
import { setsStartUnready } from "../mutations/sets_start_unready.ts";
import { surgeIgnored } from "../mutations/surge_ignored.ts";
import { explore } from "./explore.ts";
import * as worlds from "./loop_and_mirrors.ts";

const calm = { moves: 0, refused: 0, lost: 0, crashes: 0 };
const short: readonly worlds.LoopBounds[] = [
  { ...calm, of: "ReplicaSet", lost: 1 },
  { ...calm, of: "ReplicaSet", crashes: 1 },
  { ...calm, of: "Job", moves: 1 },
  { ...calm, of: "Deployment", refused: 1 },
  { ...calm, of: "StatefulSet" },
];
const long: readonly worlds.LoopBounds[] = [
  { ...calm, of: "ReplicaSet", moves: 1, lost: 1 },
  { ...calm, of: "Job", moves: 2 },
  { ...calm, of: "Deployment", moves: 1 },
  { ...calm, of: "StatefulSet", refused: 1 },
  { ...calm, of: "StatefulSet", crashes: 1 },
];

for (const bounds of isLong ? [...short, ...long] : short) {
  test(`explore() tries all that the loop of a ${bounds.of} can come to within ${JSON.stringify(bounds)}, and finds nothing wrong`, () => {
    const { isComplete, found, states, spared } = explore(worlds.loopAndMirrors(bounds));
    assert.deepEqual([isComplete, found], [true, undefined]);
    assert.ok(states > 50 && spared > 50, `${states} states, ${spared} spared`);
  });
}

const hunts = [
  [expectationsIgnored, { of: "ReplicaSet", moves: 1 }, /^There are 3 active pods/],
  [endsCountedTwice, { of: "Job", moves: 1 }, /^It counts 2 pods that (succeeded|failed), and there were 1/],
  [failuresNotRetried, { of: "Deployment", moves: 1 }, /^Nothing happens any more, and /],
  [setsStartAtOnce, { of: "StatefulSet" }, /^It makes pod 1 before pod 0 has ever been ready/],
  [setsStartUnready, { of: "StatefulSet" }, /^It makes pod 1 before pod 0 has ever been ready/],
  [surgeIgnored, { of: "Deployment", moves: 1 }, /^Its ReplicaSets want 4 pods, and 3 are allowed/],
] as const;

for (const [mutation, bounds, broken] of hunts) {
  test(`explore() finds ${mutation.name} in the loop of a ${bounds.of}, and tells what happened`, async () => {
    const mutated = await loadMutated<typeof worlds>(mutation, "properties/exhaustive/loop_and_mirrors.ts");
    const { found } = explore(mutated.loopAndMirrors({ ...calm, ...bounds }));
    assert.match(found?.details ?? "nothing", broken);
  });
}
