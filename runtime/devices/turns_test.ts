import type { ServerResponse } from "node:http";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createTurns, type TurnsOptions, turnCharsMax } from "./turns.ts";

/** Responses that write down what they are given; one that `stands` takes no more after its first piece. */
function stage(more: Partial<TurnsOptions> = {}) {
  const log: { readonly name: string; readonly piece: string }[] = [];
  const told: string[] = [];
  const names = new Map<ServerResponse, string>();
  const turns = createTurns({
    uptimeMs: () => 0,
    waitingCharsMax: Number.POSITIVE_INFINITY,
    drained: (response) => void told.push(`${names.get(response)} drained`),
    ...more,
  });
  const response = (name: string, { stands = false } = {}) => {
    const fake = {
      writableNeedDrain: false,
      write(piece: string) {
        log.push({ name, piece });
        fake.writableNeedDrain = stands;
        return !stands;
      },
      destroy: () => void told.push(`${name} destroyed`),
    };
    names.set(fake as unknown as ServerResponse, name);
    return fake as unknown as ServerResponse;
  };
  return { turns, response, log, told };
}

test("createTurns() writes one piece each time around the loop, of each long text in turn, and a short one at once", async () => {
  const { turns, response, log, told } = stage();
  const [long, other, short] = [response("long"), response("other"), response("short")];
  turns.write(long, "x".repeat(3 * turnCharsMax));
  turns.write(other, "y".repeat(2 * turnCharsMax));
  turns.finish(other, () => told.push("other ended"));
  assert.deepEqual([log.length, turns.waitingChars(long)], [0, 3 * turnCharsMax]);
  await turnOfLoop();
  turns.write(short, "short");
  assert.deepEqual(
    log.map(({ name }) => name),
    ["long", "short"],
  );
  for (let turn = 2; turn <= 5; turn++) {
    await turnOfLoop();
    assert.equal(log.length, turn + 1, "one piece a turn");
  }
  assert.deepEqual(
    log.map(({ name }) => name),
    ["long", "short", "other", "long", "other", "long"],
  );
  assert.deepEqual(told, ["other ended", "long drained"]);
  assert.equal(turns.waitingChars(long), 0);
});

test("createTurns() keeps the order of what is written, and waits for a client that takes no more", async () => {
  const { turns, response, log, told } = stage();
  const slow = response("slow", { stands: true });
  turns.write(slow, "x".repeat(turnCharsMax + 1));
  turns.write(slow, "the end");
  for (let turn = 0; turn < 4; turn++) await turnOfLoop();
  assert.equal(log.length, 1);
  for (let turn = 0; turn < 2; turn++) {
    assert.equal(turns.goOn(slow), true);
    await turnOfLoop();
  }
  assert.deepEqual([log[1]?.piece, log[2]?.piece, told], ["x", "the end", []]);
  assert.equal(turns.goOn(slow), false);
});

test("createTurns() cuts off those that stand still when too much waits, and nobody else", async () => {
  let nowMs = 0;
  const { turns, response, told } = stage({ uptimeMs: () => nowMs, waitingCharsMax: 4 * turnCharsMax });
  const still = response("still", { stands: true });
  turns.write(still, "x".repeat(3 * turnCharsMax));
  await turnOfLoop();
  nowMs = 4_999;
  for (const name of ["a", "b"]) turns.write(response(name, { stands: true }), "x".repeat(3 * turnCharsMax));
  assert.deepEqual(told, [], "it may only be slow");
  nowMs = 5_000;
  turns.write(response("c", { stands: true }), "x".repeat(2 * turnCharsMax));
  assert.deepEqual([told, turns.waitingChars(still)], [["still destroyed"], 0]);
});

property(
  "createTurns() loses nothing and cuts no character in two",
  [fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1 })],
  async (texts) => {
    const { turns, response, log, told } = stage();
    const all = texts.map((text) => text.repeat(Math.ceil((turnCharsMax * 2) / text.length)));
    const one = response("one");
    for (const text of all) turns.write(one, text);
    turns.finish(one, () => told.push("ended"));
    while (told.length === 0) await turnOfLoop();
    const bytes = Buffer.concat(log.map(({ piece }) => Buffer.from(piece)));
    assert.ok(bytes.equals(Buffer.from(all.join(""))));
  },
  { runs: 20 },
);
