import { RE2JS } from "re2js";
import type { Running } from "../kernel/process.ts";
import { matches, parseGlob } from "../patterns/glob.ts";
import { setElements } from "./arrays.ts";
import { expandPieces, expandText } from "./expansion.ts";
import { type Shell, shellComplains, variable } from "./shell.ts";
import type { Test, Word } from "./syntax.ts";

/** Whether what `[[` asks holds: 0 when it does, 1 when it does not, 2 when the question is wrong. */
export function* judgeTest(shell: Shell, test: Test): Running {
  switch (test.kind) {
    case "and":
    case "or": {
      const left = yield* judgeTest(shell, test.left);
      const isDecided = left > 1 || (left === 0) === (test.kind === "or");
      return isDecided ? left : yield* judgeTest(shell, test.right);
    }
    case "not": {
      const status = yield* judgeTest(shell, test.test);
      return status > 1 ? status : 1 - status;
    }
    case "unary": {
      const text = yield* expandText(shell, test.word);
      if (test.operator === "-v") return variable(shell, text) === undefined ? 1 : 0;
      return yield* shell.evaluator.runWords(shell, ["test", test.operator, text]);
    }
    case "binary":
      return yield* compare(shell, test);
  }
}

function* compare(shell: Shell, { operator, left, right }: Test & { readonly kind: "binary" }): Running {
  const text = yield* expandText(shell, left);
  if (operator === "=~") return yield* matchExpression(shell, text, right);
  if (/^(?:=|==|!=)$/.test(operator)) {
    const isAlike = matches(parseGlob(yield* expandPieces(shell, right)), text);
    return isAlike === (operator !== "!=") ? 0 : 1;
  }
  const other = yield* expandText(shell, right);
  if (operator === "<" || operator === ">") return (operator === "<" ? text < other : text > other) ? 0 : 1;
  return yield* shell.evaluator.runWords(shell, ["test", text, operator, other]);
}

/** What a part in parentheses has found is in `BASH_REMATCH` afterwards. */
function* matchExpression(shell: Shell, text: string, right: Word): Running {
  const pieces = yield* expandPieces(shell, right);
  const source = pieces.map((piece) =>
    piece.isQuoted ? piece.text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : piece.text,
  );
  const pattern = source.join("");
  const found = patternOf(pattern);
  if (!found) {
    yield* shellComplains(shell, `[[: invalid regular expression \`${pattern}'`);
    return 2;
  }
  const matcher = found.matcher(text);
  const isFound = matcher.find();
  const groups = Array.from({ length: isFound ? matcher.groupCount() + 1 : 0 }, (_each, index) => matcher.group(index));
  setElements(shell, "BASH_REMATCH", new Map(groups.map((group, index) => [String(index), group ?? ""])));
  return isFound ? 0 : 1;
}

function patternOf(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch {
    return undefined;
  }
}
