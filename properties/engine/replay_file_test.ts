import { assert, fc, property, test } from "../house/test.ts";
import { decodeReplay, encodeReplay, replayVersion } from "./replay_file.ts";
import { definitionOf } from "./search.ts";

const run = {
  definition: definitionOf({ campaignSeed: 1, index: 0 }),
  violation: { property: "one leads at a time", details: "two lead", atMs: 12.5 },
  hash: "0123456789abcdef",
};

property("decodeReplay() reads what encodeReplay() wrote", [fc.nat(10_000)], (index) => {
  const definition = definitionOf({ campaignSeed: 2, index });
  const { definition: read, hash } = decodeReplay(encodeReplay({ ...run, definition }), "a.json");
  assert.equal(JSON.stringify(read), JSON.stringify(definition));
  assert.equal(hash, run.hash);
});

test("decodeReplay() reads a run that broke no rule", () => {
  const { violation } = decodeReplay(encodeReplay({ ...run, violation: undefined }), "a.json");
  assert.equal(violation, undefined);
});

test("decodeReplay() refuses what is no run file, in one line that names the file", () => {
  const whole = JSON.parse(encodeReplay(run)) as Record<string, unknown>;
  const spoiled: readonly [text: string, says: RegExp][] = [
    ["{", /not JSON|cannot be read|is no/i],
    ["[]", /not a run file/],
    ["null", /not|Cannot replay/],
    ['{"format":"other"}', /not a run file/],
    [JSON.stringify({ ...whole, version: replayVersion + 1 }), new RegExp(`version ${replayVersion + 1}`)],
    [JSON.stringify({ ...whole, definition: undefined }), /not whole/],
    [JSON.stringify({ ...whole, definition: { ...run.definition, faults: "none" } }), /not whole/],
    [JSON.stringify({ ...whole, hash: 7 }), /not whole/],
  ];
  for (const [text, says] of spoiled) {
    assert.throws(
      () => decodeReplay(text, "a.json"),
      (error: Error) => {
        assert.match(error.message, /^Cannot replay a\.json: /, text);
        assert.match(error.message, says, text);
        assert.equal(error.message.includes("\n"), false, text);
        return true;
      },
    );
  }
});
