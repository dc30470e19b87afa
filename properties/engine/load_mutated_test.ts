import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as rolling from "../../actors/controllers/loops/deployment/rolling.ts";
import { assert, isLong, test } from "../house/test.ts";
import { all } from "../mutations/all.ts";
import { surgeIgnored } from "../mutations/surge_ignored.ts";
import { loadMutated } from "./load_mutated.ts";
import { isHunted, type Mutation } from "./mutation.ts";
import { patchedSource } from "./patched_source.ts";
import { mutationNamed, performerWith } from "./performers.ts";
import { performRun } from "./run.ts";
import { definitionOf } from "./search.ts";

const root = join(import.meta.dirname, "../..");
const mutations: readonly Mutation[] = all;

/** The text of a function, or of all in an object. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === "function" ? String(each) : each)) ?? String(value);
}

test("every mutation patches an export that its module still has", async () => {
  for (const { name, patch } of mutations) {
    const text = readFileSync(join(root, patch.module), "utf8");
    assert.match(await patchedSource(text, patch, { name, path: "" }), new RegExp(`\\b${patch.name}\\$sound\\b`), name);
  }
});

/** The long form loads all of them, the short one some. */
const loadedHere = mutations.filter((_mutation, at) => isLong || at % 8 === 0);

test("loadMutated() applies mutations to the modules that they name", async () => {
  for (const mutation of loadedHere) {
    const { module, name } = mutation.patch;
    const mutated = await loadMutated<Record<string, unknown>>(mutation, module);
    const sound = (await import(join(root, module))) as Record<string, unknown>;
    assert.deepEqual(Object.keys(mutated).sort(), Object.keys(sound).sort(), mutation.name);
    assert.notEqual(textOf(mutated[name]), textOf(sound[name]), mutation.name);
  }
});

test("the type of every mutation is that of the module that it names", () => {
  for (const { name, patch } of mutations) {
    const file = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const text = readFileSync(join(root, `properties/mutations/${file}.ts`), "utf8");
    const [, alias] = /: MutationOf<typeof (\w+)>/.exec(text) ?? [];
    assert.ok(text.includes(`import type * as ${alias} from "../../${patch.module}";`), `${name}: ${alias}`);
  }
});

test("every mutation that campaigns do not find names the test that does", () => {
  for (const mutation of mutations) {
    if (isHunted(mutation)) continue;
    const { test: path } = mutation.found as { readonly test: string };
    assert.ok(readFileSync(join(root, path), "utf8").includes(mutation.name), `${mutation.name}: ${path}`);
  }
});

test("loadMutated() leaves the sound code as it is", async () => {
  const path = "actors/controllers/loops/deployment/rolling.ts";
  const [mutated, sound] = [await loadMutated<typeof rolling>(surgeIgnored, path), await import(join(root, path))];
  const bounds = { desired: 10, surge: 1, unavailable: 0 };
  const sizes = [mutated, sound as typeof rolling].map(({ newSetSize }) =>
    newSetSize(bounds, { total: 10, current: 0 }),
  );
  assert.deepEqual(sizes, [10, 1]);
});

test("loadMutated() refuses a module that does not reach what is to be patched", async () => {
  await assert.rejects(
    loadMutated(surgeIgnored, "actors/api/types.ts"),
    /surgeIgnored: it does not import .*rolling\.ts/,
  );
  await assert.rejects(
    loadMutated(surgeIgnored, "actors/api/none.ts"),
    /Cannot load actors\/api\/none\.ts .*there is no/,
  );
});

test("mutationNamed() says which mutations there are", () => {
  assert.equal(mutationNamed("surgeIgnored"), surgeIgnored);
  assert.throws(
    () => mutationNamed("perfect"),
    /Cannot load the mutation "perfect": there is none, use one of .*surgeIgnored/,
  );
});

test("performRun() refuses a run of other code than it is", async () => {
  const definition = definitionOf({ campaignSeed: 1, index: 0 });
  const mutation = surgeIgnored.name;
  assert.throws(
    () => performRun({ ...definition, mutation }),
    /Cannot perform a run with surgeIgnored: this is the code without mutation/,
  );
  const mutant = await performerWith(mutation);
  assert.throws(
    () => mutant.performRun(definition),
    /Cannot perform a run without mutation: this is the code with surgeIgnored/,
  );
});
