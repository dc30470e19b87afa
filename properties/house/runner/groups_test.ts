import { assert, test } from "../test.ts";
import { fileToldOf, type GroupOptions, groupsOf } from "./groups.ts";

const wrapped = 'import { assert, test } from "../../properties/house/test.ts";\n';

/** The groups of these files of tests, named without their ending. */
function grouped(files: Readonly<Record<string, string>>, options: Partial<GroupOptions> = {}): string[] {
  const house = Object.entries(files).map(([path, text]) => ({ path, text }));
  const tests = house.map(({ path }) => path).filter((path) => path.endsWith("_test.ts"));
  const groups = groupsOf(tests, house, { msOf: () => undefined, filesMax: 10, ...options });
  return groups.map((group) => group.map((path) => path.replace("_test.ts", "")).join(" "));
}

test("groupsOf() puts neighbours that only compute together, and leaves the others alone", () => {
  const files = {
    "actors/kit/c_test.ts": wrapped,
    "actors/kit/a_test.ts": `${wrapped}import { readFile } from "node:fs/promises";\n`,
    "actors/kit/sockets_test.ts": `${wrapped}import { createServer } from "node:net";\n`,
    "actors/kit/threads_test.ts": `${wrapped}const host = "thread";\n`,
    "actors/kit/variables_test.ts": `${wrapped}process.env.X = "1";\n`,
    "actors/kit/removed_test.ts": `${wrapped}delete process.env.X;\n`,
    "actors/kit/copied_test.ts": `${wrapped}process.env.X ??= "1";\n`,
    "actors/kit/globals_test.ts": `${wrapped}globalThis.x = 1;\n`,
    "actors/kit/plain_test.ts": 'import { test } from "node:test";\n',
    "actors/kit/b_test.ts": `${wrapped}// A process. A thread.\n`,
    "actors/kit/asking_test.ts": `${wrapped}run(process.pid, { ...process.env }, process.env.X === "1");\n`,
    "actors/kit/starting_test.ts": `${wrapped}import { spawn } from "node:child_process";\n`,
    "actors/kit/typed_test.ts": `${wrapped}import type { TestContext } from "node:test";\n`,
  };
  assert.deepEqual(grouped(files).toSorted(), [
    "actors/kit/a actors/kit/asking actors/kit/b actors/kit/c actors/kit/starting actors/kit/typed",
    "actors/kit/copied",
    "actors/kit/globals",
    "actors/kit/plain",
    "actors/kit/removed",
    "actors/kit/sockets",
    "actors/kit/threads",
    "actors/kit/variables",
  ]);
});

test("groupsOf() looks into the rigs that a file is made with, and not into what it tests", () => {
  const files = {
    "actors/x/a_test.ts": `${wrapped}import { stage } from "../../properties/stages/x/stage.ts";\n`,
    "actors/x/b_test.ts": `${wrapped}import { device } from "./device.ts";\n`,
    "actors/x/c_test.ts": `${wrapped}import { device } from "./device.ts";\n`,
    "actors/x/device.ts": 'import { connect } from "node:net";\n',
    "properties/stages/x/stage.ts": 'import { child } from "./child.ts";\n',
    "properties/stages/x/child.ts": 'import { stage } from "./stage.ts";\nimport { connect } from "node:net";\n',
    "actors/x/rules_test.ts": 'import { holds } from "../../properties/stages/x/rules.ts";\n',
    "properties/stages/x/rules.ts": 'import { test } from "../../house/test.ts";\n',
  };
  assert.deepEqual(grouped(files), ["actors/x/a", "actors/x/b actors/x/c actors/x/rules"]);
});

test("groupsOf() begins another group where one has its number of files, or its time", () => {
  const files = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`actors/x/${name}_test.ts`, wrapped]));
  assert.deepEqual(grouped(files, { filesMax: 2 }), ["actors/x/a actors/x/b", "actors/x/c actors/x/d", "actors/x/e"]);
  const times: Readonly<Record<string, number>> = { a: 400, b: 700, c: 200, d: 1_500, e: 800 };
  const msOf = (path: string) => times[path.replace(/^actors.x.|_test.ts$/g, "")];
  assert.deepEqual(grouped(files, { msOf, msMax: 1_000 }), [
    "actors/x/a",
    "actors/x/b actors/x/c",
    "actors/x/d",
    "actors/x/e",
  ]);
});

test("groupsOf() leaves no processor without work where few files are run", () => {
  const files = Object.fromEntries([..."abcdefgh"].map((name) => [`actors/x/${name}_test.ts`, wrapped]));
  const house = Object.entries(files).map(([path, text]) => ({ path, text }));
  assert.equal(groupsOf(Object.keys(files), house, { msOf: () => undefined }).length, 2);
});

test("fileToldOf() gives the time of a shared process to none of its files", () => {
  const groups = new Map([
    ["/cache/group_1_test.mjs", ["actors/x/a_test.ts", "actors/x/b_test.ts"]],
    ["/cache/c_test.mjs", ["actors/x/c_test.ts"]],
  ]);
  assert.equal(fileToldOf("/cache/group_1_test.mjs", groups), undefined);
  assert.equal(fileToldOf("actors/x/a_test.ts", groups), "actors/x/a_test.ts");
  assert.equal(fileToldOf("/cache/c_test.mjs", groups), "actors/x/c_test.ts");
  assert.equal(fileToldOf("a test of a file", groups), undefined);
});
