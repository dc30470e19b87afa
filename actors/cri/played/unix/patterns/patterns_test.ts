import { assert, fc, property, test } from "../../../../../properties/house/test.ts";
import { parseExpression, search } from "./expression.ts";
import { matches, parseGlob, prefixesOf, suffixesOf } from "./glob.ts";

const glob = (text: string) => parseGlob([{ text, isQuoted: false }]);
const extended = { isFixed: false, isExtended: true, isFolded: false };

property(
  "matches() finds of patterns what a regular expression finds",
  [fc.stringMatching(/^[ab*?]{0,8}$/), fc.stringMatching(/^[ab]{0,8}$/)],
  (pattern, text) => {
    const expected = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
    assert.equal(matches(glob(pattern), text), expected);
  },
);

property(
  "prefixesOf() and suffixesOf() find the shortest and the longest",
  [fc.stringMatching(/^[ab*?]{0,6}$/), fc.stringMatching(/^[ab]{0,8}$/)],
  (pattern, text) => {
    const lengths = Array.from({ length: text.length + 1 }, (_each, length) => length);
    const judge = (found: ReturnType<typeof prefixesOf>, fits: (length: number) => boolean) => {
      const all = lengths.filter(fits);
      assert.deepEqual(found, all.length === 0 ? undefined : { shortest: all[0], longest: all.at(-1) });
    };
    judge(prefixesOf(glob(pattern), text), (length) => matches(glob(pattern), text.slice(0, length)));
    judge(suffixesOf(glob(pattern), text), (length) => matches(glob(pattern), text.slice(text.length - length)));
  },
);

property(
  "search() finds the first of the longest places",
  [fc.stringMatching(/^[ab]{1,3}[*+?]?(\|[ab]{1,3}[*+?]?){0,2}$/), fc.stringMatching(/^[abc]{0,10}$/)],
  (pattern, text) => {
    const program = parseExpression(pattern, extended);
    assert.ok(program);
    const whole = new RegExp(`^(?:${pattern})$`);
    let expected: [number, number] | undefined;
    for (let from = 0; from <= text.length && !expected; from++) {
      for (let to = text.length; to >= from && !expected; to--) {
        if (whole.test(text.slice(from, to))) expected = [from, to];
      }
    }
    assert.deepEqual(search(program, text), expected);
  },
);

test("matches() and search() need a time that grows with the text times the pattern, whatever they are given", () => {
  const long = "a".repeat(20_000);
  assert.equal(matches(glob(`${"*a".repeat(50)}b`), long), false);
  const program = parseExpression("(a*)*(a|aa)+b", extended);
  assert.ok(program);
  assert.equal(search(program, long), undefined);
  assert.equal(parseExpression("((a{250}){250}){250}", extended), undefined);
});

property(
  "search() finds the edges of words where JavaScript does",
  [fc.stringMatching(/^(\\[bB]|a|-){1,4}$/), fc.stringMatching(/^[a_ -]{0,8}$/)],
  (pattern, text) => {
    const program = parseExpression(pattern, extended);
    assert.ok(program);
    const found = new RegExp(pattern).exec(text);
    assert.deepEqual(search(program, text), found ? [found.index, found.index + found[0].length] : undefined);
  },
);

test("search() finds where words begin and end", () => {
  const places = (pattern: string, text: string) => search(parseExpression(pattern, extended) ?? [], text);
  assert.deepEqual(
    [places("\\<b\\w*\\>", "ab bc"), places("\\>", "ab"), places("\\<", " ")],
    [[3, 5], [2, 2], undefined],
  );
});

test("parseExpression() refuses what is no expression", () => {
  for (const pattern of ["(", "[a", "a{1,999}", "\\"])
    assert.equal(parseExpression(pattern, extended), undefined, pattern);
});
