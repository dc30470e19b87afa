import { assert, isLong, test } from "../house/test.ts";
import { growthError } from "./growth.ts";
import { fillings, judge, longFields, longObject } from "./large_objects.ts";

/**
 * The long form looks at shared types in every kind that has them, the same rules, and at each list and map in all
 * fillings; the short one at each in one, in turn.
 */
const everyKind = isLong;
const fillingsOf = (index: number) => fillings.filter((_filling, at) => isLong || (at + index) % fillings.length < 1);
const itemsMax = 8_000;
/** What an answer may be long beside the values that it shows. */
const answerCharsMax = 1_500_000;

const fields = longFields({ everyKind });
for (const kind of new Set(fields.map((field) => field.kind))) {
  const own = fields.filter((field) => field.kind === kind);

  test(`a ${kind.kind} of ${kind.group || "the core"} with much in any list or map is judged in linear time and memory`, () => {
    const wrong: string[] = [];
    for (const field of own) {
      for (const filling of fillingsOf(fields.indexOf(field))) {
        const where = `${field.path.join(".")}, ${filling}`;
        const make = (size: number) => longObject(field, filling, size);
        const run = (body: string) => {
          const { answer, held } = judge(kind, body);
          if (answer.length > answerCharsMax + 4 * body.length) wrong.push(`${where}: an answer of ${answer.length}`);
          if (held > 10 * itemsMax) wrong.push(`${where}: ${held} errors or warnings`);
        };
        const error = growthError({ make, run, sizeMax: itemsMax });
        if (error !== undefined) wrong.push(`${where}: ${error}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

test("an object that is wrong in hundreds of thousands of places is answered", () => {
  const field = fields.find(({ path, type }) => path.at(-1) === "env" && type.tag === "list");
  assert.ok(field);
  const { answer } = judge(field.kind, longObject(field, "empty", isLong ? 1_000_000 : 300_000));
  assert.match(answer, /env\[0\]\.name: Required value/);
  assert.match(answer, /, and \d{6} more\]/);
});
