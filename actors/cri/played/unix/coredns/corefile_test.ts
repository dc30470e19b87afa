import { assert, test } from "../../../../../properties/house/test.ts";
import { blockFor } from "./answering.ts";
import { readCorefile } from "./corefile.ts";
import { rewriterOf } from "./rewriting.ts";

test("readCorefile() reads blocks with their zones, ports and lines, and says where one is broken", () => {
  const read = readCorefile(`# all
Own.Zone.:1053, other.zone {
  hosts {
    192.0.2.1 "a b" # not this
    fallthrough
  }
  log
}
. {
  forward . 192.0.2.53:5353
}`);
  assert.deepEqual(read.ok && read.value, [
    {
      ...{ port: 1053, zones: ["own.zone"] },
      directives: [
        { name: "hosts", args: [], lines: [["192.0.2.1", "a b"], ["fallthrough"]] },
        { name: "log", args: [], lines: [] },
      ],
    },
    {
      ...{ port: 53, zones: ["other.zone"] },
      directives: [
        { name: "hosts", args: [], lines: [["192.0.2.1", "a b"], ["fallthrough"]] },
        { name: "log", args: [], lines: [] },
      ],
    },
    { port: 53, zones: [""], directives: [{ name: "forward", args: [".", "192.0.2.53:5353"], lines: [] }] },
  ]);
  const blocks = read.ok ? read.value : [];
  assert.deepEqual(blockFor(blocks, 53, "x.Other.Zone")?.zones, ["other.zone"]);
  assert.deepEqual(blockFor(blocks, 53, "another.zone")?.zones, [""]);
  assert.equal(blockFor(blocks, 1053, "other.zone"), undefined);
  for (const [text, why] of [
    [".:53 {\n log\n", "Corefile:2 - Error during parsing: Unexpected EOF"],
    ["{\n}", "Corefile:1 - Error during parsing: Unexpected '{'"],
  ] as const) {
    const broken = readCorefile(text);
    assert.equal(!broken.ok && broken.failure, why);
  }
});

test("rewriterOf() rewrites names as the first line that fits says, and by the next one where it says so", () => {
  const rewrite = (name: string, ...lines: readonly string[]) =>
    rewriterOf(lines.map((line) => ({ name: "rewrite", args: line.split(" "), lines: [] }))).nameOf(name);
  assert.equal(rewrite("A.b", "name a.b c.d"), "c.d");
  assert.equal(rewrite("x.a.b", "name suffix .a.b. .c."), "x.c");
  assert.equal(rewrite("x.a", "name prefix x. y."), "y.a");
  assert.equal(
    rewrite("one.svc.x", "name regex (.*)\\.svc\\.x\\. {1}.ns.svc.cluster.local"),
    "one.ns.svc.cluster.local",
  );
  const slow = `${"a".repeat(60)}!`;
  assert.equal(rewrite(slow, "name regex ^(a+)+\\.$ b", "name regex (.*)(.)\\. {2}{9}.c"), "!.c");
  assert.equal(rewrite("a", "name exact a b", "name exact b c"), "b");
  assert.equal(rewrite("a", "continue name exact a b", "name exact b c"), "c");
  assert.equal(rewrite("A.keeps", "ttl a 5"), "A.keeps");
});
