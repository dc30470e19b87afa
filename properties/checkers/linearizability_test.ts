import { randomFrom } from "../../runtime/mod.ts";
import { assert, fc, property, test } from "../house/test.ts";
import { type KeyValueInput, type KeyValueOutput, keyValueModel, revisionsGrow } from "./key_value_model.ts";
import { checkLinearizable, type HistoryOperation } from "./linearizability.ts";

type Operation = HistoryOperation<KeyValueInput, KeyValueOutput>;

const key = "k";
const set = (
  value: string | undefined,
  times: [number, number],
  revision: number | undefined,
  expect?: number,
): Operation => ({
  input: { op: "set", key, value, ...(expect === undefined ? {} : { expect }) },
  output: revision === undefined ? undefined : { op: "set", succeeded: revision > 0, revision },
  callMs: times[0],
  returnMs: times[1],
});
const get = (value: string | undefined, times: [number, number], modRevision: number): Operation => ({
  input: { op: "get", key },
  output: { op: "get", value, modRevision },
  callMs: times[0],
  returnMs: times[1],
});
const holds = (...history: Operation[]) => checkLinearizable(keyValueModel, history).ok;

test("checkLinearizable() accepts a read that overlaps a write and sees either value", () => {
  assert.equal(holds(set("a", [0, 10], 2), get(undefined, [1, 2], 0)), true);
  assert.equal(holds(set("a", [0, 10], 2), get("a", [1, 2], 2)), true);
});

test("checkLinearizable() refuses a stale read", () => {
  assert.equal(holds(set("a", [0, 1], 2), set("b", [2, 3], 3), get("a", [4, 5], 2)), false);
});

test("checkLinearizable() refuses reads that go back during one write", () => {
  assert.equal(holds(set("a", [0, 1], 2), set("b", [2, 20], 3), get("b", [3, 4], 3), get("a", [5, 6], 2)), false);
});

test("checkLinearizable() refuses a lost write, and names a part", () => {
  const verdict = checkLinearizable(keyValueModel, [set("a", [0, 1], 2), get(undefined, [2, 3], 0)]);
  assert.equal(verdict.ok, false);
  assert.ok(verdict.ok === false && verdict.part === key && verdict.stuckAt.callMs === 2);
});

test("checkLinearizable() lets a write of unknown outcome happen late, or never", () => {
  assert.equal(holds(set("a", [0, 1], undefined), get(undefined, [2, 3], 0)), true);
  assert.equal(holds(set("a", [0, 1], undefined), get(undefined, [2, 3], 0), get("a", [4, 5], 2)), true);
  assert.equal(holds(set("a", [0, 1], undefined), get("a", [2, 3], 2), get(undefined, [4, 5], 0)), false);
});

test("checkLinearizable() refuses two successful compare-and-sets on one version", () => {
  assert.equal(holds(set("a", [0, 1], 2, 0), set("b", [0, 9], 3, 2), set("c", [0, 9], 4, 2)), false);
  assert.equal(holds(set("a", [0, 1], 2, 0), set("b", [0, 9], 3, 2), set("c", [0, 9], 0, 2)), true);
});

test("revisionsGrow() refuses a revision that goes back or is given twice", () => {
  assert.equal(revisionsGrow([set("a", [0, 1], 2), set("b", [2, 3], 3)]), undefined);
  assert.match(revisionsGrow([set("a", [0, 1], 3), set("b", [2, 3], 2)]) ?? "", /although one that ended before/);
  assert.match(revisionsGrow([set("a", [0, 5], 2), set("b", [2, 3], 2)]) ?? "", /Two writes have revision 2/);
});

/** Runs clients against one real key, each operation taking effect somewhere between its call and its return. */
function honestHistory(seed: number, count: number): Operation[] {
  const random = randomFrom(seed);
  let state: { value: string | undefined; modRevision: number } = { value: undefined, modRevision: 0 };
  let revision = 1;
  return Array.from({ length: count }, (_, i): Operation => {
    const at = i * 10;
    const times: [number, number] = [at - random.int(60), at + random.int(60)];
    if (random.float() < 0.4) return get(state.value, times, state.modRevision);
    const expect = random.float() < 0.5 ? state.modRevision : random.float() < 0.5 ? random.int(9) : undefined;
    const value = random.float() < 0.2 ? undefined : `v${i}`;
    const succeeded = expect === undefined || expect === state.modRevision;
    const isKnown = random.float() < 0.85;
    const isChange =
      succeeded && (isKnown || random.float() < 0.5) && !(value === undefined && state.value === undefined);
    if (isChange) {
      revision++;
      state = value === undefined ? { value, modRevision: 0 } : { value, modRevision: revision };
    }
    return set(value, times, isKnown ? (succeeded ? revision : 0) : undefined, expect);
  });
}

property(
  "checkLinearizable() accepts what a real key did, and revisionsGrow() too",
  [fc.integer(), fc.integer({ min: 1, max: 60 })],
  (seed, count) => {
    const history = honestHistory(seed, count);
    const verdict = checkLinearizable(keyValueModel, history);
    assert.equal(verdict.ok, true, JSON.stringify(verdict));
  },
  { runs: 200 },
);

/** All orders of a few operations, tried one by one: what the checker must agree with. */
function bruteForce(history: readonly Operation[]): boolean {
  const search = (left: readonly Operation[], state: ReturnType<typeof keyValueModel.initial>): boolean => {
    if (left.length === 0) return true;
    const firstReturn = Math.min(...left.map((each) => (each.output ? each.returnMs : Number.POSITIVE_INFINITY)));
    return left.some(
      (each) =>
        each.callMs <= firstReturn &&
        keyValueModel.step(state, each.input, each.output).some((next) =>
          search(
            left.filter((other) => other !== each),
            next,
          ),
        ),
    );
  };
  return search(history, keyValueModel.initial());
}

const anyOperation = fc
  .record({
    kind: fc.constantFrom("get", "set", "unknown", "failed"),
    value: fc.constantFrom("a", "b", undefined),
    callMs: fc.nat(20),
    tookMs: fc.nat(8),
    revision: fc.integer({ min: 2, max: 4 }),
    expect: fc.constantFrom(undefined, 0, 2, 3),
  })
  .map(({ kind, value, callMs, tookMs, revision, expect }): Operation => {
    const times: [number, number] = [callMs, callMs + tookMs];
    if (kind === "get") return get(value, times, value === undefined ? 0 : revision);
    return set(value, times, kind === "unknown" ? undefined : kind === "failed" ? 0 : revision, expect);
  });

property(
  "checkLinearizable() agrees with trying all orders",
  [fc.array(anyOperation, { maxLength: 6 })],
  (history) => {
    assert.equal(holds(...history), bruteForce(history));
  },
  { runs: 2_000 },
);
