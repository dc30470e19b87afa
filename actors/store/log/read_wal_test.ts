import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { createEntry } from "../raft/entry.ts";
import { readWal } from "./read_wal.ts";
import { encodeRecord } from "./record.ts";

/** What the log says after each record, as a naive model has it. */
interface State {
  readonly term: number;
  readonly vote: string;
  readonly commitIndex: number;
  readonly entries: readonly { readonly index: number; readonly term: number; readonly record: string }[];
}

type Step = { readonly kind: "append" | "overwrite" | "state"; readonly luck: number };

/** Builds a log file as a replica would, and the states that its prefixes stand for. */
function build(steps: readonly Step[]): { records: string[]; states: State[] } {
  const records: string[] = [];
  let state: State = { term: 1, vote: "", commitIndex: 0, entries: [] };
  const states: State[] = [{ ...state, term: 0 }];
  for (const { kind, luck } of steps) {
    if (kind === "state") {
      state = {
        ...state,
        term: state.term + (luck % 2),
        vote: luck % 3 ? "s1" : "",
        commitIndex: state.entries.length,
      };
      records.push(encodeRecord(`H ${state.term} ${state.commitIndex} ${state.vote}`));
    } else {
      const place = kind === "append" ? state.entries.length : luck % (state.entries.length + 1);
      const entry = createEntry(place + 1, state.term, `T${luck}`);
      state = { ...state, entries: [...state.entries.slice(0, place), entry] };
      records.push(entry.record);
    }
    // Before the first hard state, the term is that of the entries.
    const isUnknown = !records.some((record) => record.includes(" H ")) && state.entries.length === 0;
    states.push(isUnknown ? { ...state, term: 0 } : state);
  }
  return { records, states };
}

const step = fc.record({
  kind: fc.constantFrom("append" as const, "append" as const, "overwrite" as const, "state" as const),
  luck: fc.nat(50),
});

property(
  "a log that was cut anywhere is what its whole records say",
  [fc.array(step, { minLength: 1, maxLength: 8 })],
  (steps) => {
    const { records, states } = build(steps);
    const text = records.join("");
    const ends = records.map((_, i) => records.slice(0, i + 1).join("").length);
    for (let cut = 0; cut <= text.length; cut++) {
      const whole = ends.filter((end) => end <= cut).length;
      const { term, vote, commitIndex, entries, goodLength } = readWal(text.slice(0, cut), "wal");
      assert.deepEqual({ term, vote, commitIndex, entries }, states[whole]);
      assert.equal(goodLength, whole === 0 ? 0 : ends[whole - 1]);
    }
  },
  { runs: 60 },
);

test("readWal() begins behind the snapshot that its first record names", () => {
  const text = encodeRecord("S 10 3") + createEntry(11, 3, "N").record + createEntry(12, 4, "N").record;
  const { snapshotIndex, snapshotTerm, entries, term } = readWal(text, "wal");
  assert.deepEqual([snapshotIndex, snapshotTerm, entries.length, term], [10, 3, 2, 4]);
});

test("readWal() tells a log that lacks its beginning", () => {
  assert.equal(readWal(encodeRecord("S 0 0"), "wal").isBegun, true);
  assert.equal(readWal(createEntry(1, 1, "N").record, "wal").isBegun, false);
  assert.equal(readWal("", "wal").isBegun, false);
});

test("readWal() refuses a log with a hole", () => {
  const text = createEntry(1, 1, "N").record + createEntry(3, 1, "N").record;
  assert.throws(() => readWal(text, "wal"), /Cannot read wal: entry 3 follows entry 1$/);
});
