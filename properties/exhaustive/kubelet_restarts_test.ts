import { loadMutated } from "../engine/load_mutated.ts";
import { assert, isLong, test } from "../house/test.ts";
import { restartsForgotten } from "../mutations/restarts_forgotten.ts";
import { explore } from "./explore.ts";
import * as worlds from "./kubelet_restarts.ts";

/** What a short test can try out; the long one takes the larger worlds, too. */
const pods = isLong ? (["plain", "job", "init and sidecar"] as const) : (["job", "init and sidecar"] as const);

for (const pod of pods) {
  test(`explore() has a kubelet end after each of its steps while it runs a pod (${pod}), and finds nothing wrong`, () => {
    const { isComplete, found, states, transitions } = explore(worlds.kubeletRestarts({ crashes: 1, pod }));
    assert.deepEqual([isComplete, found], [true, undefined]);
    // Many an end comes to the same: of a job all do.
    assert.ok(transitions > 20 && states > 1 && states < transitions, `${states} states, ${transitions} transitions`);
  });
}

test("explore() finds a kubelet that forgets restarts when it begins anew, and tells when it ended", async () => {
  const mutated = await loadMutated<typeof worlds>(restartsForgotten, "properties/exhaustive/kubelet_restarts.ts");
  const { found } = explore(mutated.kubeletRestarts({ crashes: 1, pod: "init and sidecar" }));
  assert.match(found?.details ?? "nothing", /^pods go forward: .* had 1 restarts of main and now has 0/);
  assert.equal(found?.path.length, 1);
});
