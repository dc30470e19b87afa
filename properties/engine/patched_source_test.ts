import { assert, test } from "../house/test.ts";
import type { Patch } from "./mutation.ts";
import { patchedSource } from "./patched_source.ts";

const source = `
const early = twice(4);
export function twice(value: number): number { return 2 * value; }
export const base: number = 10;
export const sum = (value: number) => twice(value) + base;
export function* counted(): Generator<number> { yield base; }
export { early };
`;

const mutation = { name: "odd", path: "odd.ts" };

/** Runs a patched module in which the mutation's file is this patch. */
async function load(name: string, wrap: (sound: never) => unknown): Promise<Record<string, unknown>> {
  const text = await patchedSource(source, { module: "a.ts", name, wrap }, mutation);
  const [first, ...rest] = text.split("\n");
  assert.equal(first, `import { odd as patchOf$${name} } from "odd.ts";`);
  const key = `patch of ${name}`;
  (globalThis as Record<string, unknown>)[key] = { patch: { wrap } };
  const body = `const patchOf$${name} = globalThis[${JSON.stringify(key)}];\n${rest.join("\n")}`;
  return (await import(`data:text/javascript,${encodeURIComponent(body)}`)) as Record<string, unknown>;
}

type Count = (value: number) => number;

test("patchedSource() puts a function in the place of one, for calls inside the module and before its line too", async () => {
  const module = await load("twice", (sound: Count) => (value: number) => sound(value) + 1);
  assert.deepEqual([(module.twice as Count)(4), (module.sum as Count)(4), module.early], [9, 19, 9]);
});

test("patchedSource() changes what a constant is", async () => {
  const module = await load("base", (sound: number) => sound + 1);
  assert.deepEqual([module.base, (module.sum as Count)(1)], [11, 13]);
});

test("patchedSource() patches generators, which give what they gave", async () => {
  const module = await load("counted", (sound: () => Iterable<number>) => () => [...sound(), 99]);
  assert.deepEqual([...(module.counted as () => Iterable<number>)()], [10, 99]);
});

test("patchedSource() refuses what the module does not declare as an export, and says what to do", async () => {
  for (const name of ["missing", "early"]) {
    const patch: Patch = { module: "a.ts", name, wrap: (sound) => sound };
    await assert.rejects(
      patchedSource(source, patch, mutation),
      new RegExp(`Cannot patch "${name}" of a\\.ts for the mutation odd: .*, name one that it has`),
    );
  }
});
