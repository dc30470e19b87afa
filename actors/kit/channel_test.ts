import { assert, fc, property, test } from "../../properties/house/test.ts";
import {
  giveCredit,
  hasHeardAll,
  hearCredit,
  hearInOrder,
  hearNumber,
  hearProgress,
  isMissing,
  isSilent,
  listening,
  nextNumber,
  noCredit,
  patientListening,
  speaking,
} from "./channel.ts";

/** A way that loses, doubles and reorders: which of the messages 1, 2, ... arrive, one after the other. */
const arrivals = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 });

/** The numbers 1, 2, ... up to the last without a gap. */
function unbroken(arrived: readonly number[]): number[] {
  const all = new Set(arrived);
  const heard: number[] = [];
  while (all.has(heard.length + 1)) heard.push(heard.length + 1);
  return heard;
}

property("hearInOrder() passes on each once and in order whatever the way does", [arrivals], (arrived) => {
  const line = patientListening<string>(0);
  const heard = arrived.flatMap((number) => hearInOrder(line, { number, message: `m${number}` }, 0));
  assert.deepEqual(
    heard,
    unbroken(arrived).map((number) => `m${number}`),
  );
  assert.equal(line.missingSinceMs !== undefined, Math.max(0, ...arrived) > heard.length);
  assert.equal(line.early.size, new Set(arrived).size - heard.length);
});

property("hearNumber() hears each once and in order, and sees every gap", [arrivals], (arrived) => {
  const line = listening(0);
  let heard = 0;
  for (const number of arrived) {
    const expected = number <= heard ? "again" : number === heard + 1 ? "next" : "gap";
    assert.equal(hearNumber(line, number, 0), expected);
    if (expected === "next") heard++;
  }
  assert.equal(line.heard, heard);
});

property(
  "hearCredit() ends with what the other side has taken, whatever the way does",
  [fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat())],
  (sizes, picks) => {
    const [here, there] = [noCredit(), noCredit()];
    const totals = sizes.map((size) => giveCredit(there, size));
    const way = sizes.map(() => totals[(picks.next().value ?? 0) % totals.length] ?? 0);
    const news = way.map((total) => hearCredit(here, total));
    assert.ok(news.every((size) => size >= 0));
    assert.equal(
      news.reduce((sum, size) => sum + size, 0),
      Math.max(...way),
    );
  },
);

test("nextNumber() counts from one, and notes when something was said", () => {
  const line = speaking(5);
  assert.deepEqual([nextNumber(line, 6), nextNumber(line, 9)], [1, 2]);
  assert.deepEqual(line, { said: 2, saidAtMs: 9 });
});

test("isSilent() counts from the last sign of life, also of a doubled message", () => {
  const line = listening(0);
  hearNumber(line, 1, 10);
  hearNumber(line, 1, 40);
  assert.deepEqual([isSilent(line, 30, 69), isSilent(line, 30, 70)], [false, true]);
});

test("isMissing() gives what was lost anew its time whenever some of it comes", () => {
  const line = patientListening<string>(0);
  hearProgress(line, 2, 10);
  assert.deepEqual([isMissing(line, 5, 14), isMissing(line, 5, 15)], [false, true]);
  hearProgress(line, 2, 14);
  assert.equal(isMissing(line, 5, 15), true);
  hearInOrder(line, { number: 1, message: "a" }, 14);
  assert.equal(isMissing(line, 5, 15), false);
  hearInOrder(line, { number: 2, message: "b" }, 15);
  assert.equal(isMissing(line, 5, 100), false);
});

test("hasHeardAll() sees that a last message was lost, and counts as a sign of life", () => {
  const line = listening(0);
  hearNumber(line, 1, 1);
  assert.deepEqual([hasHeardAll(line, 1, 5), hasHeardAll(line, 2, 6), line.heard], [true, false, 1]);
  assert.equal(isSilent(line, 10, 15), false);
});
