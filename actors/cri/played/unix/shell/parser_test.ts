// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these strings are scripts
import { assert, fc, property, test } from "../../../../../properties/house/test.ts";
import { shellOutcome } from "../../../../../properties/stages/unix/system_stage.ts";
import { splitFields } from "./expansion.ts";
import { parseScript } from "./parser.ts";
import { SyntaxProblem } from "./syntax.ts";

test("parseScript() says what it did not expect", () => {
  const problems: readonly (readonly [string, string])[] = [
    ["if true; then echo", 'unexpected end of file (expecting "fi")'],
    ["echo 'a", "unterminated quoted string"],
    ["for x in 1; done", 'unexpected "done" (expecting "do")'],
    ["echo )", 'unexpected ")"'],
    ["a && ", "unexpected end of file"],
    ["$(echo", 'unexpected end of file (expecting ")")'],
  ];
  for (const [script, message] of problems) assert.throws(() => parseScript(script), { message }, script);
  const outcome = shellOutcome("echo a; if");
  assert.deepEqual(
    [outcome?.exitCode, outcome?.stdout, outcome?.stderr],
    [2, "", 'sh: syntax error: unexpected end of file (expecting "then")\n'],
  );
});

property(
  "parseScript() ends with a script or a problem, whatever it is given",
  [
    fc.array(
      fc.constantFrom(
        ..."if then fi do done case esac in ( ) { } ; ;; & && | || < > << $( ` ' \" \\ $ a=1 x * # \n ${ $(( ))".split(
          " ",
        ),
      ),
      { maxLength: 30 },
    ),
  ],
  (words) => {
    for (const script of [words.join(" "), words.join("")]) {
      try {
        parseScript(script);
      } catch (error) {
        assert.ok(error instanceof SyntaxProblem, `${script}: ${error}`);
      }
    }
  },
);

test("splitFields() splits as a shell does", () => {
  const fields = (text: string, separators = " \t\n") => splitFields(text, separators);
  assert.deepEqual(fields("a  b"), ["a", "b"]);
  assert.deepEqual(fields(" a "), [undefined, "a", undefined]);
  assert.deepEqual(fields("a::b:", ":"), ["a", "", "b", undefined]);
  assert.deepEqual(fields("a : b", ": "), ["a", "b"]);
  assert.deepEqual(fields("a b", ""), ["a b"]);
});

property(
  "a script that was put together at random runs to its end or its limit, and nothing else is harmed",
  [
    fc.array(
      fc.constantFrom(
        ...[
          "echo $x",
          "x=$x.y",
          "for i in 1 2; do",
          "done",
          'if [ -n "$x" ]; then',
          "fi",
          "(",
          ")",
          "{",
          "}",
          "f() { x=1; }",
          "f",
          "| cat",
          "&",
          "false &&",
          "set -e",
          "cd /tmp; ls *",
          "$(echo z)",
          "exit 3",
          "${x%%.*}",
          "sleep 1",
        ],
      ),
      { maxLength: 15 },
    ),
  ],
  (lines) => {
    const outcome = shellOutcome(lines.join("\n"));
    assert.ok(outcome !== undefined && outcome.exitCode >= 0 && outcome.exitCode < 256, lines.join("\n"));
  },
);
