// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are source texts
import { fileURLToPath } from "node:url";
import { assert, test } from "./test.ts";
import { readHouse } from "./tidy/read_house.ts";
import { findingText, tidy } from "./tidy.ts";

const topLevel = ["actors/x.ts", "runtime/x.ts", "scenarios/x.ts", "properties/x.ts", "package.json"].concat([
  "package-lock.json",
  "tsconfig.json",
  "README.md",
  "LICENSE",
  ".biome.jsonc",
]);

/** What tidy says of a house that is in order but for these files. */
function findings(texts: Record<string, string>): string[] {
  const sound = topLevel.filter((path) => !(path in texts)).map((path) => ({ path, text: "" }));
  const files = [...sound, ...Object.entries(texts).map(([path, text]) => ({ path, text }))];
  return tidy(files).map(findingText);
}

/** Asserts that the only finding is at `place`, and says what `pattern` asks for. */
function finds(place: string, pattern: RegExp, texts: Record<string, string>): void {
  const found = findings(texts);
  assert.equal(found.length, 1, `expected one finding, got: ${JSON.stringify(found)}`);
  assert.ok(found[0]?.startsWith(`${place}: `), found[0]);
  assert.match(found[0] ?? "", pattern);
}

function isClean(texts: Record<string, string>): void {
  assert.deepEqual(findings(texts), []);
}

const house = { "runtime/mod.ts": "", "runtime/hosts/thread.ts": "", "actors/api/kind.ts": "" };

test("tidy() finds nothing in this house", async () => {
  const files = await readHouse(fileURLToPath(new URL("../..", import.meta.url)));
  assert.ok(files.some((file) => file.path === "properties/house/tidy_test.ts"));
  assert.deepEqual(tidy(files).map(findingText), []);
});

test("tidy() lets an actor import the runtime's mod.ts, the API, the client, messages and pure libraries", () => {
  isClean({
    ...house,
    "actors/client/informer.ts": 'import { setup } from "xstate";',
    "actors/store/messages.ts": "",
    "actors/apiserver/definition.ts": [
      'import { defineActor } from "../../runtime/mod.ts";',
      'import { kind } from "../api/kind.ts";',
      'import { informer } from "../client/informer.ts";',
      'import type { StoreMessage } from "../store/messages.ts";',
      'import { unzlibSync } from "fflate";',
    ].join("\n"),
  });
});

test("tidy() lets the store in by Raft's one door only, and look at everything", () => {
  const path = "actors/store/settle.ts";
  const files = { ...house, "actors/store/raft/core.ts": "", "actors/store/raft/lead.ts": "" };
  isClean({ ...files, [path]: 'import { core } from "./raft/core.ts";\nimport type { Lead } from "./raft/lead.ts";' });
  isClean({ ...files, "actors/store/raft/raft.ts": 'import { lead } from "./lead.ts";' });
  finds(`${path}:1`, /Raft has one door/, { ...files, [path]: 'import { lead } from "./raft/lead.ts";' });
});

test("tidy() refuses what an actor may not import", () => {
  const path = "actors/apiserver/definition.ts";
  const targets = [
    "../store/definition.ts",
    "../../runtime/step.ts",
    "../../runtime/hosts/thread.ts",
    "../../properties/test.ts",
    "../../scenarios/x.ts",
    "./https_device.ts",
    "./definition_test.ts",
  ];
  const files = {
    ...house,
    "actors/store/definition.ts": "",
    "runtime/step.ts": "",
    "properties/test.ts": "",
    "actors/apiserver/https_device.ts": "",
    "actors/apiserver/definition_test.ts": 'test("a", () => {});',
  };
  for (const target of targets) {
    finds(`${path}:2`, /an actor may not import/, { ...files, [path]: `\nimport { a } from "${target}";` });
  }
  for (const name of ["node:fs", "piscina", "fast-check", "@peculiar/x509"]) {
    finds(`${path}:1`, /an actor may not import/, { ...files, [path]: `import { a } from "${name}";` });
  }
});

test("tidy() lets a device of an actor import node: and the runtime", () => {
  isClean({
    ...house,
    "actors/apiserver/https_device.ts":
      'import https from "node:https";\nimport "../../runtime/hosts/thread.ts";\nexport const a = async () => Date.now();',
  });
});

test("tidy() refuses that the API imports anything of ours", () => {
  finds("actors/api/pod.ts:1", /actors\/api may not import runtime\/mod.ts/, {
    ...house,
    "actors/api/pod.ts": 'import { a } from "../../runtime/mod.ts";',
  });
});

test("tidy() refuses that the runtime's core loads hosts, Node or actors, but lets it name their types", () => {
  const path = "runtime/step.ts";
  finds(`${path}:1`, /core may not import/, { ...house, [path]: 'import { a } from "./hosts/thread.ts";' });
  finds(`${path}:1`, /core may not import "node:fs"/, { ...house, [path]: 'import fs from "node:fs";' });
  finds(`${path}:1`, /core may not import actors/, {
    ...house,
    [path]: 'import { a } from "../../actors/api/kind.ts";',
  });
  isClean({ ...house, [path]: 'import type { A } from "./hosts/thread.ts";' });
});

test("tidy() lets hosts import Node and their libraries, but nothing of Kubernetes", () => {
  const path = "runtime/hosts/pool.ts";
  isClean({ ...house, [path]: 'import fs from "node:fs";\nimport Piscina from "piscina";\nimport "../mod.ts";' });
  finds(`${path}:1`, /knows nothing of Kubernetes/, { ...house, [path]: 'import "../../actors/api/kind.ts";' });
});

test("tidy() keeps properties out of production, but for the command line's one door", () => {
  const files = { ...house, "properties/campaign.ts": "", "scenarios/cli/main.ts": "" };
  const line = 'import { a } from "../../properties/campaign.ts";';
  isClean({ ...files, "scenarios/cli/check.ts": line });
  isClean({ ...files, "actors/store/log_test.ts": `${line}\ntest("a", () => {});` });
  finds("scenarios/walks/a.ts:1", /scenarios may not import properties/, { ...files, "scenarios/walks/a.ts": line });
  finds("properties/a.ts:1", /properties may not import scenarios\/cli/, {
    ...files,
    "properties/a.ts": 'import "../../scenarios/cli/main.ts";',
  });
});

test("tidy() refuses an import that names no file", () => {
  finds("runtime/a.ts:1", /"\.\/b" names no file/, { "runtime/a.ts": 'import { b } from "./b";', "runtime/b.ts": "" });
});

test("tidy() finds an import cycle, and leaves types of one folder alone", () => {
  finds("runtime/b.ts:1", /import cycle runtime\/a.ts -> runtime\/b.ts -> runtime\/a.ts/, {
    "runtime/a.ts": 'import { b } from "./b.ts";',
    "runtime/b.ts": 'import { a } from "./a.ts";',
  });
  isClean({
    "runtime/a.ts": 'import type { B } from "./b.ts";',
    "runtime/b.ts": 'import type { A } from "./a.ts";',
  });
  finds("scenarios/b/b.ts:1", /import cycle/, {
    "scenarios/a/a.ts": 'import type { B } from "../b/b.ts";',
    "scenarios/b/b.ts": 'import type { A } from "../a/a.ts";',
  });
});

test("tidy() refuses clocks, luck, the outside and waiting in logic", () => {
  const lines = [
    "const a = Date.now();",
    "const a = new Date();",
    "const a = performance.now();",
    "setTimeout(f, 1);",
    "setInterval(f, 1);",
    "setImmediate(f);",
    "queueMicrotask(f);",
    "const a = Math.random();",
    "const a = crypto.randomUUID();",
    "const a = process.env;",
    "console.log(1);",
    "globalThis.x = 1;",
    "fetch(url);",
    "for await (const a of b) f(a);",
    "async function f() {}",
    "const f = async () => {};",
    "const f = async (a: number): number => a;",
    "let a: Promise<void>;",
    "names.sort((a, b) => a.localeCompare(b));",
    "const a = n.toLocaleString();",
    "const a = new Intl.Collator();",
  ];
  for (const line of lines) {
    for (const path of ["actors/store/log.ts", "runtime/step.ts"]) {
      finds(`${path}:2`, /banned globals: .* in logic, /, { [path]: `\n${line}` });
    }
    isClean({ "runtime/hosts/thread.ts": line, "actors/store/log_test.ts": `${line} test("a", f);` });
    isClean({ "actors/store/disk_device.ts": line, "properties/a.ts": line, "scenarios/a.ts": line });
  }
});

test("tidy() takes no comment, string or name of one's own for a banned global", () => {
  isClean({
    "actors/store/log.ts": [
      "// Date.now() and await are for hosts",
      "const a = 'Math.random()' + `setTimeout ${step.process.id}`;",
      "const b = { await: 1, async: true, process: 2 };",
      "const c = new Date(step.now);",
      "b.process.x = a.console.y;",
      "interface Args { readonly process?: string; fetch: boolean; promise: Promised }",
    ].join("\n"),
  });
});

test("tidy() refuses a file of more than 400 lines, unless it is generated", () => {
  const long = "const a = 1;\n".repeat(401);
  finds("actors/api/big.ts:401", /file sizes: 401 lines, 400 at most/, { "actors/api/big.ts": long });
  isClean({ "actors/api/big.generated.ts": long, "actors/api/just.ts": "const a = 1;\n".repeat(400) });
});

test("tidy() refuses names that are not snake_case, and drawers", () => {
  finds("runtime/mailBox.ts:1", /"mailBox.ts" is not snake_case/, { "runtime/mailBox.ts": "" });
  finds("actors/kube-proxy/a.ts:1", /"kube-proxy" is not snake_case/, { "actors/kube-proxy/a.ts": "" });
  finds("runtime/utils.ts:1", /is a drawer/, { "runtime/utils.ts": "" });
  finds("runtime/test_helper.ts:1", /is a drawer/, { "runtime/test_helper.ts": "" });
  finds("runtime/helpers/a.ts:1", /is a drawer/, { "runtime/helpers/a.ts": "" });
  isClean({ "actors/api/_shared.ts": "", "actors/api/meta.generated.ts": "" });
});

test("tidy() refuses what does not belong to the top level, and misses what does", () => {
  finds("docs:1", /top level: is no entry/, { "docs/a.md": "" });
  assert.deepEqual(
    tidy([{ path: "README.md", text: "" }]).map((finding) => finding.path),
    ["LICENSE", "actors", "package-lock.json", "package.json", "properties", "runtime", "scenarios", "tsconfig.json"],
  );
});

test("tidy() refuses what is left for later", () => {
  finds("runtime/a.ts:2", /leftovers: TO.O, do it now/, { "runtime/a.ts": `\n// ${["TO", "DO"].join("")}: later` });
  finds("runtime/a_test.ts:1", /leftovers: FIX.E/, {
    "runtime/a_test.ts": `test("a", f); // ${["FIX", "ME"].join("")}`,
  });
});

test("tidy() refuses a barrel that is no mod.ts", () => {
  const files = { "runtime/step.ts": "export const a = 1;" };
  finds("runtime/all_of_it.ts:1", /barrels: passes on/, {
    ...files,
    "runtime/all_of_it.ts": 'export * from "./step.ts";',
  });
  isClean({ ...files, "runtime/mod.ts": 'export { a } from "./step.ts";' });
});

test("tidy() refuses a file of tests without one", () => {
  finds("runtime/a_test.ts:1", /empty tests: declares no/, { "runtime/a_test.ts": "const a = f(1);" });
  isClean({ "runtime/a_test.ts": 'property("a", [], f);' });
});

test("tidy() refuses a list that is not what its folder gives, and a member without its const", () => {
  const folder = "actors/apiserver/tables";
  finds(`${folder}/all.ts:1`, /lists: is not what its folder gives/, { [`${folder}/pod.ts`]: "export const pod = 1;" });
  const files = {
    [`${folder}/config_map.ts`]: "export const other = 1;",
    [`${folder}/all.ts`]:
      "// Written by `npm run fix`: to add to this list, add a file to this folder.\n" +
      'import { configMap } from "./config_map.ts";\n\n' +
      "/** All that this folder has, by file name. */\nexport const all = [configMap] as const;\n",
  };
  finds(`${folder}/config_map.ts:1`, /lists: exports no const configMap/, files);
  isClean({ ...files, [`${folder}/config_map.ts`]: "export const configMap: Kind = 1;" });
});

test("tidy() refuses a function of the runtime that is long, with all closures in it", () => {
  const lines = (count: number) => Array.from({ length: count }, (_each, at) => `  function part${at}() {}`).join("\n");
  const path = "runtime/hosts/pool.ts";
  isClean({ ...house, [path]: `export function createStep(): Step {\n${lines(78)}\n}` });
  finds(`${path}:2`, /createStep has 81 lines/, {
    ...house,
    [path]: `\nexport function createStep() {\n${lines(79)}\n}`,
  });
  finds(`${path}:1`, /move has 90 lines/, {
    ...house,
    [path]: `const move = async <T>(a: () => void): Promise<T> => {\n${lines(88)}\n};`,
  });
  isClean({ ...house, "scenarios/x.ts": `export function long() {\n${lines(100)}\n}` });
});

test("tidy() refuses a function with more than three parameters, whatever they look like, but not a callback", () => {
  const path = "scenarios/x.ts";
  isClean({
    ...house,
    [path]: "function put<K, V>(map: Map<K, V>, { key, at }: { key: K; at: number }, step: (a, b) => void) {}",
  });
  finds(`${path}:1`, /put has 4 parameters/, {
    ...house,
    [path]: "export function put(map: Map<string, number>, key, value, step) {}",
  });
  finds(`${path}:2`, /put has 5 parameters/, {
    ...house,
    [path]: "const x = {\n  put(a: A, b = f(1, 2), [c, d]: D[], e?: E, ...f: F[]): void {\n  },\n};",
  });
  finds(`${path}:1`, /put has 4 parameters/, {
    ...house,
    [path]: "const put = async (a, b, c, d): Promise<void> => a;",
  });
  isClean({
    ...house,
    [path]: 'text.replace(/a/g, (all, first, second, third) => "");\nput(a, b, c, d);\nif (a, b, c, d) {\n}',
  });
});
