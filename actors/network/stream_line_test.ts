import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createEndedStreams } from "./ended_streams.ts";
import {
  answerToNobody,
  breakOff,
  createLine,
  type Heard,
  hear,
  lookAfter,
  type StreamLine,
  say,
  sayTaken,
  streamTickMs,
} from "./stream_line.ts";
import type { StreamMessage } from "./streams.ts";

const data = (text: string) => ({ type: "stream.data", channel: "data", data: text }) as const;
const textOf = (heard: readonly Heard[]) => heard.map((each) => (each.type === "stream.data" ? each.data : each.type));

test("hear() passes on what was overtaken in its order, and nothing twice", () => {
  const [a, b] = [createLine(1, 0), createLine(1, 0)];
  const said = ["one", "two", "three"].map((text) => say(a, data(text), 0));
  const [one, two, three] = said as [StreamMessage, StreamMessage, StreamMessage];
  assert.deepEqual(textOf(hear(b, three, 0)), []);
  assert.deepEqual(textOf(hear(b, one, 0)), ["one"]);
  assert.deepEqual(textOf(hear(b, one, 0)), []);
  assert.deepEqual(textOf(hear(b, two, 0)), ["two", "three"]);
  assert.deepEqual(
    [three, two].flatMap((each) => textOf(hear(b, each, 0))),
    [],
  );
  const close = say(a, { type: "stream.close", exitCode: 0 }, 0);
  assert.deepEqual(hear(b, close, 0), [{ type: "stream.close", stream: 1, sequence: 4, exitCode: 0 }]);
  assert.deepEqual(hear(b, close, 0), []);
});

test("hear() keeps no more than so much that overtook something", () => {
  const [a, b] = [createLine(1, 0), createLine(1, 0)];
  say(a, data("lost"), 0);
  const heard = Array.from({ length: 300 }, () => textOf(hear(b, say(a, data("x"), 0), 0))).flat();
  assert.deepEqual(heard, ["broken"]);
});

test("sayTaken() is told in all, so that one that is lost or late does no harm", () => {
  const [a, b] = [createLine(1, 0), createLine(1, 0)];
  const [first, , third] = [sayTaken(b, 5), sayTaken(b, 6), sayTaken(b, 7)];
  assert.deepEqual(hear(a, third, 0), [{ type: "taken", size: 18 }]);
  assert.deepEqual(hear(a, first, 0), []);
});

test("lookAfter() says how far a quiet side is, and so what was lost", () => {
  const [a, b] = [createLine(1, 0), createLine(1, 0)];
  say(a, data("lost"), 1_000);
  sayTaken(a, 3);
  assert.equal(lookAfter(a, 2_000), undefined);
  const alive = lookAfter(a, 6_000);
  assert.deepEqual(alive, { type: "stream.alive", stream: 1, sequence: 1, total: 3 });
  assert.deepEqual(hear(b, alive as StreamMessage, 6_000), [{ type: "taken", size: 3 }]);
  assert.equal(lookAfter(b, 10_000)?.type, "stream.alive");
  assert.deepEqual(lookAfter(b, 11_000), { type: "broken", error: "connection reset by peer" });
  assert.deepEqual(lookAfter(createLine(1, 0), 45_000), { type: "broken", error: "i/o timeout" });
});

test("answerToNobody() answers who waits for something, and never an answer", () => {
  const a = createLine(7, 0);
  const close = breakOff(7, "stream is gone");
  assert.deepEqual(answerToNobody(say(a, data("x"), 0)), close);
  assert.deepEqual(hear(createLine(7, 0), close, 0), [close]);
  assert.deepEqual([close, sayTaken(a, 1)].map(answerToNobody), [undefined, undefined]);
});

test("createEndedStreams() remembers the last thousand", () => {
  const ended = createEndedStreams();
  for (let number = 0; number < 1_500; number++) ended.add(`${number}`);
  assert.deepEqual([ended.has("499"), ended.has("500"), ended.has("1499")], [false, true, true]);
});

const fate = fc.record({
  isLost: fc.nat(19).map((one) => one === 0),
  copies: fc.constantFrom(0, 0, 1),
  delayMs: fc.nat(300),
  pauseMs: fc.nat(200),
});

property(
  "hear() gives what was said, in order and each once; unless all of it, the line breaks in time",
  [fc.array(fate, { minLength: 1, maxLength: 80 })],
  (fates) => {
    const [a, b] = [createLine(1, 0), createLine(1, 0)];
    const got: Heard[] = [];
    const arrivals: { readonly atMs: number; readonly message: StreamMessage }[] = [];
    let nowMs = 0;
    for (const [index, { isLost, copies, delayMs, pauseMs }] of fates.entries()) {
      nowMs += pauseMs;
      const message = say(a, data(String(index)), nowMs);
      if (isLost) continue;
      for (let copy = 0; copy <= copies; copy++) arrivals.push({ atMs: nowMs + delayMs * (copy + 1), message });
    }
    const tick = (side: StreamLine, atMs: number) => {
      const due = lookAfter(side, atMs);
      if (due?.type === "broken") got.push(due);
      else if (due) arrivals.push({ atMs: atMs + 1, message: due });
    };
    const untilMs = nowMs + 60_000;
    for (let atMs = 0; atMs <= untilMs && !got.some(({ type }) => type === "broken"); atMs++) {
      arrivals.sort((one, other) => one.atMs - other.atMs);
      for (let [next] = arrivals; next && next.atMs <= atMs; [next] = arrivals) {
        arrivals.shift();
        got.push(...hear(b, next.message, atMs));
      }
      if (atMs % streamTickMs === 0) {
        tick(a, atMs);
        const due = lookAfter(b, atMs);
        if (due?.type === "broken") got.push(due);
        else if (due) hear(a, due, atMs);
      }
    }
    const isWhole = !fates.some(({ isLost }) => isLost);
    const expected = fates.map((_fate, index) => String(index));
    const texts = textOf(got);
    if (isWhole) return assert.deepEqual(texts, expected);
    const first = fates.findIndex(({ isLost }) => isLost);
    assert.deepEqual(texts, [...expected.slice(0, first), "broken"]);
  },
  { runs: 60 },
);
