import { assert, test } from "../test.ts";
import { changedSince, surroundings } from "./surroundings.ts";

/** What is seen of a change, which is undone. */
function seen(change: () => () => void): string[] {
  const before = surroundings();
  const undo = change();
  const changed = changedSince(before, surroundings());
  undo();
  assert.deepEqual(changedSince(before, surroundings()), []);
  return changed;
}

/** Puts another value in the place of a part, which may not have been there. */
function replaced(owner: object, key: string, value: unknown): () => void {
  const part = Reflect.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: true });
  return () => {
    if (part) Object.defineProperty(owner, key, part);
    else Reflect.deleteProperty(owner, key);
  };
}

test("changedSince() names what other tests could trip over", () => {
  assert.deepEqual(
    seen(() => replaced(Math, "random", () => 4)),
    ["Math.random"],
  );
  assert.deepEqual(
    seen(() => replaced(Array.prototype, "sum", () => 0)),
    ["Array.prototype.sum"],
  );
  assert.deepEqual(
    seen(() => replaced(process.env, "TROUPE_SURROUNDINGS", "1")),
    ["the variable TROUPE_SURROUNDINGS"],
  );
  assert.deepEqual(
    seen(() => {
      const listener = () => {};
      process.on("SIGUSR2", listener);
      return () => process.off("SIGUSR2", listener);
    }),
    ["listeners to SIGUSR2"],
  );
});

test("changedSince() does not mind what a compiler's aids leave when they are loaded, but that it is changed", () => {
  const aid = () => replaced(globalThis, "__rest", 1);
  assert.deepEqual(seen(aid), []);
  const dispatcher = Symbol("undici.globalDispatcher.1");
  assert.deepEqual(
    seen(() => {
      Object.assign(globalThis, { [dispatcher]: {} });
      return () => void Reflect.deleteProperty(globalThis, dispatcher);
    }),
    [],
  );
  const undo = aid();
  assert.deepEqual(
    seen(() => replaced(globalThis, "__rest", 2)),
    ["globalThis.__rest"],
  );
  undo();
});

test("changedSince() does not mind that Node makes some globals late", () => {
  assert.deepEqual(
    seen(() => {
      assert.equal(atob("YQ=="), "a");
      return () => {};
    }),
    [],
  );
});
