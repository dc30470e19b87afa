import { type PumpedText, pump, pumpedText } from "../arbitraries/pumped_text.ts";
import { assert, fc, property } from "../house/test.ts";
import { growthError } from "./growth.ts";
import { textParsers } from "./parsers.ts";

for (const { name, words, worst = [], parse, outputMax = (size: number) => 30 * size + 1_000 } of textParsers) {
  const text = pumpedText(words);
  const sizeOf = (value: unknown) => (JSON.stringify(value) ?? "").length;

  property(
    `${name}: any text is answered, and no more comes out than its size allows`,
    [
      fc.oneof(
        text.map((each) => pump(each, 40)),
        text.map((each) => pump(each, 5_000)),
        fc.string({ unit: "binary" }),
      ),
    ],
    (each) => assert.ok(sizeOf(parse(each)) <= outputMax(each.length)),
    { runs: 60 },
  );

  property(
    `${name}: no text takes more than linear time`,
    [text],
    (each) => assert.equal(growthError({ make: (size) => pump(each, size), run: parse }), undefined),
    { runs: worst.length + 6, examples: worst.map((each) => [each] as [PumpedText]), shrinkMsMax: 10_000 },
  );
}
