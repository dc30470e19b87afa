import { dump } from "js-yaml";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { ok } from "../kit/result.ts";
import { yamlDocuments, yamlToJson } from "./yaml.ts";

function read(text: string): unknown {
  const yaml = yamlToJson(text);
  return yaml.ok ? JSON.parse(yaml.value.json) : assert.fail(yaml.failure);
}

function errorOf(text: string): string {
  const yaml = yamlToJson(text);
  return yaml.ok ? assert.fail(`it is YAML: ${yaml.value.json.slice(0, 100)}`) : yaml.failure;
}

test("yamlToJson() reads a manifest, its keys as JSON has them", () => {
  assert.deepEqual(read("a: {b: [1, two]}\n1: x\n1.5: w\nyes: z\nt: |\n  l\n  m\n"), {
    a: { b: [1, "two"] },
    1: "x",
    1.5: "w",
    true: "z",
    t: "l\nm\n",
  });
  assert.equal(JSON.stringify(read("__proto__: {a: 1}")), '{"__proto__":{"a":1}}');
  assert.equal(read(""), null);
  assert.equal(read("# nothing\n"), null);
  assert.equal(read("1\n---\n2\n"), 1);
});

test("yamlToJson() tells of keys that are there twice, of which the last counts", () => {
  const repeatedKeys = ['line 2: key "a" already set in map', 'line 5: key "c" already set in map'];
  const document = { json: '{"a":2,"b":{"c":2}}', repeatedKeys };
  assert.deepEqual(yamlToJson("a: 1\na: 2\nb:\n  c: 1\n  'c': 2\n"), ok(document));
});

test("yamlToJson() puts in what aliases and merges stand for", () => {
  // As kubectl has it: what stands before a merge is written over by it.
  assert.deepEqual(read("a: &a {x: 1, z: 2}\nb: *a\nc: {<<: *a, x: 3}\nd: {x: 4, <<: [*a, {w: 5, x: 6}]}"), {
    a: { x: 1, z: 2 },
    b: { x: 1, z: 2 },
    c: { x: 3, z: 2 },
    d: { x: 1, z: 2, w: 5 },
  });
  assert.equal(errorOf("<<: 1"), "yaml: map merge requires map or sequence of maps as the value");
});

test("yamlToJson() says what is wrong, and where", () => {
  assert.match(errorOf("a: 1\nb: [1"), /^yaml: line 2: /);
  assert.equal(errorOf("*x"), "yaml: unknown anchor 'x' referenced");
  assert.equal(errorOf("&a [*a]"), "yaml: anchor 'a' value contains itself");
  assert.equal(errorOf("a: 1\n? [a]\n: b"), "yaml: invalid map key: []interface {}");
  assert.equal(errorOf("a: 1\n~: b"), "unsupported map key of type: %!s(<nil>), key: <nil>");
  assert.equal(errorOf("a: 1\nb: !!int x"), "yaml: cannot decode !!str `x` as a !!int");
  assert.equal(errorOf("a: .inf"), "json: unsupported value: +Inf");
});

test("yamlDocuments() gives each document of a text", () => {
  const documents = yamlDocuments("a: 1\n---\n# none\n---\n- 2\n...\n");
  assert.deepEqual(documents.ok && documents.value, [
    { json: '{"a":1}', repeatedKeys: [] },
    { json: "null", repeatedKeys: [] },
    { json: "[2]", repeatedKeys: [] },
  ]);
});

const letters = [..."abcdefghi"];

test("yamlToJson() bounds what aliases stand for", () => {
  const excessive = "yaml: document contains excessive aliasing";
  const nine = (item: string) => `[${Array<string>(9).fill(item).join(",")}]`;
  const laughs = letters.map((each, at) => `${each}: &${each} ${nine(at === 0 ? "x" : `*${letters[at - 1]}`)}`);
  assert.equal(errorOf(laughs.join("\n")), excessive);
  // Few nodes, but long ones.
  assert.equal(errorOf(`a: &a ${"x".repeat(100_000)}\nb: [${"*a,".repeat(100)}]`), excessive);
  const keys = Array.from({ length: 5_000 }, (_, at) => `k${at}: 1`).join(", ");
  assert.equal(errorOf(`a: &a {${keys}}\nb: [${"{<<: *a},".repeat(5_000)}]`), excessive);
  const chain = Array.from({ length: 1_100 }, (_, at) => `a${at}: &a${at} [${at === 0 ? "" : `*a${at - 1}`}]`);
  assert.ok(errorOf(chain.slice(0, 1_010).join("\n")).startsWith("yaml: "));
  assert.deepEqual(read(`a: &a x\nb: [${"*a,".repeat(2_000)}]`), { a: "x", b: Array<string>(2_000).fill("x") });
});

test("yamlToJson() bounds depth and the number of nodes", () => {
  assert.match(errorOf("[".repeat(2_000)), /^yaml: line 1: nesting exceeded/);
  assert.match(errorOf("? ".repeat(2_000)), /^yaml: line 1: nesting exceeded/);
  assert.equal(errorOf(`[${"1,".repeat(400_001)}]`), "yaml: more than 400000 nodes: send less at once, or JSON");
  assert.equal(errorOf("-\n".repeat(400_001)), "yaml: more than 400000 nodes: send less at once, or JSON");
  assert.equal((read(`[${"1,".repeat(390_000)}]`) as unknown[]).length, 390_000);
});

property("yamlToJson() reads JSON as what it is", [fc.jsonValue({ maxDepth: 6 })], (value) => {
  // YAML has no surrogates alone, nor some controls and separators that JSON has.
  const text = JSON.stringify(value).replace(/[\u007f-\uffff]/g, (each) => {
    return `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  assert.deepEqual(read(text), JSON.parse(text));
});

const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("node"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{2,5}$/), tie("node"), { maxKeys: 4 }),
  ),
})).node;

property("yamlToJson() reads what is written as YAML", [tree], (value) => {
  assert.deepEqual(read(dump(value)), JSON.parse(JSON.stringify(value)));
});
