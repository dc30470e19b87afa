import { assert, fc, property, test } from "../../../properties/house/test.ts";
import {
  type Configuration,
  decodeConfiguration,
  describeConfiguration,
  encodeConfiguration,
  everyone,
  isJoint,
  noConfiguration,
  votersOnly,
} from "./configuration.ts";
import {
  type Changed,
  type ConfigurationChange,
  changed,
  decodeChange,
  describeChange,
  encodeChange,
  enterJoint,
  leave,
  leaveJoint,
  type MemberChange,
  simple,
} from "./configuration_change.ts";
import { isQuorum } from "./quorum.ts";

const ids = ["a", "b", "c", "d", "e"];

const memberChange: fc.Arbitrary<MemberChange> = fc.record(
  { do: fc.constantFrom("addVoter", "addLearner", "remove"), id: fc.constantFrom(...ids) },
  { noNullPrototype: true },
);

const change: fc.Arbitrary<ConfigurationChange> = fc.record(
  {
    transition: fc.constantFrom("auto", "auto", "implicit", "explicit"),
    changes: fc.array(memberChange, { maxLength: 4 }),
    context: fc.string({ maxLength: 3 }),
  },
  { noNullPrototype: true },
);

/** All sets of ids. */
const sets = Array.from({ length: 2 ** ids.length }, (_, bits) => new Set(ids.filter((_id, i) => (bits >> i) & 1)));

function quorumsOf(configuration: Configuration): Set<string>[] {
  return sets.filter((set) => isQuorum(configuration, (id) => set.has(id)));
}

/** What every configuration is, whatever led to it. */
function judge(configuration: Configuration) {
  const { voters, outgoing, learners, learnersNext, autoLeave } = configuration;
  const told = describeConfiguration(configuration);
  assert.ok(voters.length > 0, told);
  for (const list of [voters, outgoing, learners, learnersNext]) assert.equal(new Set(list).size, list.length, told);
  for (const id of learners)
    assert.ok(!voters.includes(id) && !outgoing.includes(id), `${id} votes and learns: ${told}`);
  for (const id of learnersNext)
    assert.ok(outgoing.includes(id) && !voters.includes(id), `${id} waits in vain: ${told}`);
  if (!isJoint(configuration)) assert.ok(learnersNext.length === 0 && !autoLeave, told);
}

function must(result: Changed): Configuration {
  assert.ok(result.ok, result.ok ? "" : result.why);
  return result.configuration;
}

property(
  "changed() keeps a configuration whole, and each quorum after a change shares somebody with each before it",
  [fc.array(change, { maxLength: 8 })],
  (changes) => {
    let configuration = votersOnly(["a", "b", "c"]);
    for (const each of changes) {
      const result = changed(configuration, each);
      if (!result.ok) continue;
      judge(result.configuration);
      for (const before of quorumsOf(configuration)) {
        for (const after of quorumsOf(result.configuration)) {
          assert.ok(
            [...before].some((id) => after.has(id)),
            `${[...before]} and ${[...after]} share nobody after ${describeChange(each)}`,
          );
        }
      }
      assert.deepEqual(decodeConfiguration(encodeConfiguration(result.configuration)), result.configuration);
      configuration = result.configuration;
    }
  },
);

property(
  "a change by joint consensus ends where the same changes end one by one",
  [fc.array(memberChange, { minLength: 1, maxLength: 8 })],
  (changes) => {
    let [oneByOne, isPossible] = [votersOnly(["a", "b", "c"]), true];
    const start = oneByOne;
    for (const each of changes) {
      const result = simple(oneByOne, [each]);
      if (result.ok) oneByOne = result.configuration;
      else isPossible = false;
    }
    // One that takes the last voter is refused only where it is alone.
    if (!isPossible) return;
    const sorted = ({ voters, learners }: Configuration) => [[...voters].sort(), [...learners].sort()];
    const joint = must(enterJoint(start, changes, true));
    judge(joint);
    assert.deepEqual(sorted(must(leaveJoint(joint))), sorted(oneByOne));
  },
);

property("a change gives its parts back", [change], (each) => {
  assert.deepEqual(decodeChange(encodeChange(each)), each);
});

const why = (result: Changed) => (result.ok ? describeConfiguration(result.configuration) : result.why);
const step = (text: string): MemberChange => ({
  do: text[0] === "v" ? "addVoter" : text[0] === "l" ? "addLearner" : "remove",
  id: text.slice(1),
});

test("changed() refuses what would split the group, in etcd's words", () => {
  const three = votersOnly(["a", "b", "c"]);
  const joint = must(enterJoint(three, [step("vd")], false));
  assert.equal(why(simple(three, ["vd", "ve"].map(step))), "more than one voter changed without entering joint config");
  assert.equal(why(simple(joint, [step("ve")])), "can't apply simple config change in joint config");
  assert.equal(why(enterJoint(joint, [], false)), "config is already joint");
  assert.equal(why(enterJoint(noConfiguration, [step("va")], false)), "can't make a zero-voter config joint");
  assert.equal(why(leaveJoint(three)), "can't leave a non-joint config");
  assert.equal(why(simple(votersOnly(["a"]), [step("ra")])), "removed all voters");
});

test("changed() goes the way that a change names", () => {
  const three = votersOnly(["a", "b", "c"]);
  const by = (transition: ConfigurationChange["transition"], ...changes: string[]) =>
    why(changed(three, { transition, changes: changes.map(step), context: "" }));
  assert.equal(by("auto", "ld"), "voters=(a b c) learners=(d)");
  assert.equal(by("auto", "vd", "ra"), "voters=(b c d)&&(a b c) autoleave");
  assert.equal(by("implicit", "vd"), "voters=(a b c d)&&(a b c) autoleave");
  assert.equal(by("explicit", "vd"), "voters=(a b c d)&&(a b c)");
});

test("a voter that becomes a learner by joint consensus votes until it is left", () => {
  const joint = must(enterJoint(votersOnly(["a", "b", "c"]), [step("lc"), step("vd")], true));
  assert.equal(describeConfiguration(joint), "voters=(a b d)&&(a b c) learners_next=(c) autoleave");
  const left = must(changed(joint, leave));
  assert.equal(describeConfiguration(left), "voters=(a b d) learners=(c)");
  assert.deepEqual(everyone(left), ["a", "b", "d", "c"]);
});

test("a group is founded by one change of nobody", () => {
  const founded = must(simple(noConfiguration, ["va", "vb", "vc"].map(step)));
  assert.deepEqual(founded, votersOnly(["a", "b", "c"]));
});
