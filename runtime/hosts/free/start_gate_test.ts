import { assert, test } from "../../../properties/house/test.ts";
import { createStartGate } from "./start_gate.ts";

/** A gate for two at once, and what has begun. */
function stage() {
  const gate = createStartGate(2);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const enter = (name: string) =>
    gate.enter((begun) => {
      began.push(name);
      ends.set(name, begun);
    });
  return { enter, began, end: (name: string) => ends.get(name)?.() };
}

test("createStartGate() lets so many begin at once, and the others in their order as each has begun", () => {
  const { enter, began, end } = stage();
  for (const name of ["a", "b", "c", "d", "e"]) enter(name);
  assert.deepEqual(began, ["a", "b"]);
  end("b");
  assert.deepEqual(began, ["a", "b", "c"]);
  // Who has begun long ago ends at some time: that is no second turn.
  end("b");
  assert.deepEqual(began, ["a", "b", "c"]);
  end("a");
  end("c");
  assert.deepEqual(began, ["a", "b", "c", "d", "e"]);
});

test("createStartGate() leaves out who gave up its turn, which nobody can who has had it", () => {
  const { enter, began, end } = stage();
  const first = enter("a");
  enter("b");
  const third = enter("c");
  enter("d");
  assert.equal(first(), false);
  assert.equal(third(), true);
  assert.equal(third(), false);
  end("a");
  assert.deepEqual(began, ["a", "b", "d"]);
});
