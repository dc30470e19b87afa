import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { committedIndex, isQuorum, majority, type Voters, voteResult } from "./quorum.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const group = fc.shuffledSubarray(ids, { minLength: 1, maxLength: 5 });
/** Half of them joint. */
const voters: fc.Arbitrary<Voters> = fc.record({ voters: group, outgoing: fc.oneof(fc.constant([]), group) });
const answers = fc.array(fc.option(fc.boolean()), { minLength: ids.length, maxLength: ids.length });

/** All sets of ids. */
const sets = Array.from({ length: 2 ** ids.length }, (_, bits) => new Set(ids.filter((_id, i) => (bits >> i) & 1)));

/** What a quorum is by definition: more than half of one group, and more than half of the other, if there is one. */
function isQuorumByDefinition({ voters: incoming, outgoing }: Voters, set: ReadonlySet<string>): boolean {
  return [incoming, outgoing]
    .filter((half) => half.length > 0)
    .every((half) => 2 * half.filter((id) => set.has(id)).length > half.length);
}

property("isQuorum() is more than half of each group", [voters, fc.nat(sets.length - 1)], (config, place) => {
  const set = sets[place] as Set<string>;
  assert.equal(
    isQuorum(config, (id) => set.has(id)),
    isQuorumByDefinition(config, set),
  );
});

property(
  "committedIndex() is the highest that all of some quorum have",
  [voters, fc.array(fc.nat(9), { minLength: ids.length, maxLength: ids.length })],
  (config, indexes) => {
    const indexOf = (id: string) => indexes[ids.indexOf(id)] as number;
    const quorums = sets.filter((set) => isQuorumByDefinition(config, set));
    const highest = Math.max(...quorums.map((quorum) => Math.min(...[...quorum].map(indexOf))));
    assert.equal(committedIndex(config, indexOf), highest);
  },
);

property("voteResult() is what all answers that may still come have in common", [voters, answers], (config, given) => {
  const votes = new Map(ids.flatMap((id, i) => (given[i] === null ? [] : [[id, given[i] as boolean] as const])));
  const granted = sets.filter((set) => ids.every((id) => votes.get(id) === undefined || votes.get(id) === set.has(id)));
  const wins = granted.filter((set) => isQuorumByDefinition(config, set)).length;
  // All that may come wins only when the votes that are in do.
  const expected = wins === granted.length ? "won" : wins === 0 ? "lost" : "open";
  assert.equal(voteResult(config, votes), expected);
});

test("majority() of a group is more than its half", () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(majority), [1, 2, 2, 3, 3]);
});

test("a group of nobody, the half of a joint configuration that is not there, agrees with everything", () => {
  const nobody: Voters = { voters: [], outgoing: [] };
  assert.equal(
    committedIndex(nobody, () => 3),
    Number.POSITIVE_INFINITY,
  );
  assert.equal(voteResult(nobody, new Map()), "won");
});
