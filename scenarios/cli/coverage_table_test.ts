import { assert, test } from "../../properties/house/test.ts";
import { coverageTable } from "./coverage_table.ts";

test("coverageTable() counts phases, ways and faults of each component, and names the phases that no run came to", () => {
  const table = coverageTable({
    "fault crash store running.follower.following": 1,
    "fault pause store running.follower.following": 2,
    "fault pause store running.candidate": 1,
    "move store running.follower.following > running.candidate": 4,
    "state driver working": 9,
    "state store running.candidate": 4,
    "state store running.follower.following": 9,
    "take store running.candidate raft.vote": 3,
    "take store running.follower.following raft.append": 9,
  });
  const [head = "", store = "", ...rest] = table.trimEnd().split("\n");
  assert.match(head, /^component +phases +ways +events +kinds of faults +in phases +never reached$/);
  assert.match(store, /^store +\d\/1\d +1 +2 +2 +3 +.*running\.learner/);
  assert.doesNotMatch(store, /running\.follower\.following|running\.role/);
  assert.deepEqual(rest, []);
});
