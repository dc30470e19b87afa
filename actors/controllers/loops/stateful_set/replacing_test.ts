import { assert, test } from "../../../../properties/house/test.ts";
import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import type { Pod } from "../../../api/types.ts";
import { podsToReplace } from "./replacing.ts";

/** Five pods, 0 to 4, each as its letter says: old, new, old or new and not ready, gone, on its way out. */
function replaced(letters: string, rollingUpdate: object | undefined, type = "RollingUpdate"): string[] {
  const pods = [...letters].map((letter, ordinal) => {
    if (letter === "-") return undefined;
    const isReady = letter === "o" || letter === "n";
    return {
      metadata: {
        name: `db-${ordinal}`,
        labels: { "controller-revision-hash": letter.toLowerCase() === "n" ? "new" : "old" },
        ...(letter === "x" && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      },
      status: { phase: "Running", conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
    } as unknown as Pod;
  });
  const set = { spec: { updateStrategy: { type, rollingUpdate } } } as unknown as StatefulSet;
  const roster = { first: 0, count: pods.length, at: (ordinal: number) => pods[ordinal] };
  const found = podsToReplace({ set, roster, revision: "new", minReadySeconds: 0, nowMs: 0 });
  return found.map(({ metadata }) => metadata.name.slice(3));
}

test("podsToReplace() takes one pod at a time from the top, whatever its state, and waits for those above it", () => {
  const next = (letters: string) => replaced(letters, { partition: 1 }).join();
  assert.deepEqual(["ooooo", "ooooO", "oooon", "ooooN", "oooo-", "oooox", "onnnn", "ooOnn", "Onnnn"].map(next), [
    "4",
    "4",
    "3",
    "",
    "",
    "",
    "",
    "2",
    "",
  ]);
  assert.deepEqual([replaced("ooooo", undefined), replaced("ooooo", {}, "OnDelete")], [["4"], []]);
});

test("podsToReplace() takes as many from the top as maxUnavailable allows, with all that are unavailable counted", () => {
  const next = (letters: string, more: object = {}) => replaced(letters, { maxUnavailable: 2, ...more }).join();
  assert.deepEqual(
    ["ooooo", "ooo--", "ooonN", "ooonn", "Ooooo", "OOooo", "ooxoo"].map((each) => next(each)),
    ["4,3", "", "2", "2,1", "4", "", "4"],
  );
  assert.equal(next("ooooo", { partition: 4 }), "4");
  // Shares are rounded down, to one at the least.
  assert.deepEqual(
    ["10%", "50%", "100%"].map((maxUnavailable) => next("ooooo", { maxUnavailable })),
    ["4", "4,3", "4,3,2,1,0"],
  );
});
