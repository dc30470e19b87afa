import { assert, test } from "../house/test.ts";
import type { ListReading, Reading, SeenEvent, SeenObject, WatchReading } from "../workload/readings.ts";
import { type Change, eventsAfter, judgeReadings, stateAt } from "./history.ts";

const object = (name: string, version: number, tier: string, data: object = {}): SeenObject => ({
  name,
  version,
  tier,
  data: JSON.stringify(data),
});

/** x comes in tier a, y in tier b; x goes over to tier b, y is deleted, x is patched. */
const history: readonly Change[] = [
  { version: 10, name: "x", object: object("x", 10, "a", { left: "1" }), atMs: 100 },
  { version: 12, name: "y", object: object("y", 12, "b"), atMs: 120 },
  { version: 15, name: "x", object: object("x", 15, "b", { left: "1" }), atMs: 150 },
  { version: 17, name: "y", object: undefined, atMs: 170 },
  { version: 18, name: "x", object: object("x", 18, "b", { left: "1", right: "2" }), atMs: 180 },
];
const times = { endMs: 60_000, transitMs: 5_000 };
const judge = (...readings: readonly Reading[]) => judgeReadings(history, readings, times);

const at = (version: number) => [...stateAt(history, version).values()];
const listed = (parts: Partial<ListReading>): ListReading => ({
  ...{ op: "list", match: "newest", asked: 0, tier: undefined, versions: [15], items: at(15), callMs: 151 },
  returnMs: 155,
  ...parts,
});
const event = (type: SeenEvent["type"], name: string, version: number, endsInitial = false): SeenEvent => ({
  type,
  name,
  version,
  endsInitial,
});
const watched = (parts: Partial<WatchReading>): WatchReading => ({
  ...{ op: "watch", from: 10, isInitial: false, tier: undefined, events: [], callMs: 110, openedMs: 111 },
  hasEnded: true,
  ...parts,
});
const patched: Reading = {
  ...{ op: "write", verb: "patch", name: "x", seen: object("x", 18, "b", { left: "1", right: "2" }) },
  ...{ expect: undefined, field: "right", callMs: 175, returnMs: 181 },
};

test("eventsAfter() adds what comes into a selection and takes away what leaves it", () => {
  const told = (tier: string | undefined) =>
    eventsAfter(history, 10, tier).map(({ type, name, version }) => `${type} ${name} ${version}`);
  assert.deepEqual(told("a"), ["DELETED x 15"]);
  assert.deepEqual(told("b"), ["ADDED y 12", "ADDED x 15", "DELETED y 17", "MODIFIED x 18"]);
  assert.deepEqual(told(undefined), ["ADDED y 12", "MODIFIED x 15", "DELETED y 17", "MODIFIED x 18"]);
});

test("judgeReadings() has nothing against what is true", () => {
  const end = event("BOOKMARK", "", 18, true);
  assert.equal(
    judge(
      patched,
      listed({}),
      listed({ match: "exact", asked: 12, versions: [12, 12], items: at(12) }),
      listed({ match: "any", tier: "a", versions: [12], items: at(12).slice(0, 1), callMs: 500 }),
      { op: "get", name: "y", seen: undefined, callMs: 171, returnMs: 172 },
      { op: "get", name: "x", seen: object("x", 18, "b", { left: "1", right: "2" }), callMs: 190, returnMs: 191 },
      watched({ tier: "a", events: [event("DELETED", "x", 15), event("BOOKMARK", "", 18)] }),
      watched({ isInitial: true, events: [event("ADDED", "x", 18), end] }),
      {
        op: "write",
        verb: "delete",
        name: "y",
        seen: undefined,
        expect: 12,
        field: undefined,
        callMs: 160,
        returnMs: 170,
      },
    ),
    undefined,
  );
});

const lies: readonly (readonly [what: string, why: RegExp, ...readings: readonly Reading[]])[] = [
  [
    "a list that lacks an object",
    /shows wrong things: nothing where there was y@12/,
    listed({ items: at(15).slice(0, 1) }),
  ],
  ["a list of an older object", /shows wrong things: x@10/, listed({ items: at(12) })],
  ["pages of two versions", /pages of the versions 12, 15/, listed({ versions: [12, 15], match: "any" })],
  ["an exact list of another version", /exact 12.* is of version 15/, listed({ match: "exact", asked: 12 })],
  ["a list older than it was asked for", /notOlder 17.* is of version 15/, listed({ match: "notOlder", asked: 17 })],
  ["a list that misses what was acknowledged", /version 18 had been acknowledged/, patched, listed({ callMs: 300 })],
  [
    "a get that misses what was acknowledged",
    /although version 18 had been acknowledged/,
    patched,
    { op: "get", name: "x", seen: at(15)[0], callMs: 300, returnMs: 301 },
  ],
  [
    "a get that finds nothing of what was there all the time",
    /x was not found/,
    patched,
    { op: "get", name: "x", seen: undefined, callMs: 300, returnMs: 301 },
  ],
  [
    "an acknowledged delete that never was",
    /delete of x was acknowledged, but nothing like it/,
    {
      ...{ op: "write", verb: "delete", name: "x", seen: undefined, expect: undefined, field: undefined },
      ...{ callMs: 175, returnMs: 185 },
    },
  ],
  [
    "a delete on a condition that did not hold",
    /on the condition of version 11, but it was made to 12/,
    {
      ...{ op: "write", verb: "delete", name: "y", seen: undefined, expect: 11, field: undefined },
      ...{ callMs: 160, returnMs: 171 },
    },
  ],
  ["an acknowledged write that is not in the history", /nothing like it/, { ...patched, seen: object("x", 19, "b") }],
  ["a patch that undid another's field", /A patch of left of x made/, { ...patched, field: "left" }],
  [
    "a watch that skips an event",
    /told MODIFIED x@18 where DELETED y@17/,
    watched({
      tier: "b",
      from: 15,
      events: [event("MODIFIED", "x", 18)],
    }),
  ],
  [
    "a watch that tells twice",
    /told ADDED y@12 where MODIFIED x@15/,
    watched({
      events: [event("ADDED", "y", 12), event("ADDED", "y", 12)],
    }),
  ],
  [
    "what leaves a selection untold",
    /bookmark 16 before DELETED x@15/,
    watched({
      tier: "a",
      events: [event("BOOKMARK", "", 16)],
    }),
  ],
  [
    "what comes into a selection told as changed",
    /told MODIFIED x@15 where ADDED x@15/,
    watched({
      from: 12,
      tier: "b",
      events: [event("MODIFIED", "x", 15)],
    }),
  ],
  [
    "a first state that lacks something",
    /it did not tell x@15/,
    watched({
      isInitial: true,
      events: [event("ADDED", "y", 12), event("BOOKMARK", "", 15, true)],
    }),
  ],
  [
    "a first state with what was gone",
    /it told too much/,
    watched({
      isInitial: true,
      events: [event("ADDED", "y", 12), event("ADDED", "x", 18), event("BOOKMARK", "", 18, true)],
    }),
  ],
  [
    "an open watch that is never told",
    /has never told MODIFIED x@15/,
    watched({
      from: 12,
      hasEnded: false,
    }),
  ],
];

for (const [what, why, ...readings] of lies) {
  test(`judgeReadings() notices ${what}`, () => {
    assert.match(judge(...readings) ?? "", why);
  });
}
