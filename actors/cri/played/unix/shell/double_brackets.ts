import type { Lexer } from "./lexer.ts";
import type { Test } from "./syntax.ts";
import { expectOperator, isOperator, plainText, skipNewlines, unexpected } from "./tokens.ts";

/** What is between `[[` and `]]`. */
export function parseTest(lexer: Lexer): Test {
  let test = parseAllOf(lexer);
  while (isOperator(lexer.peek(), "||")) {
    lexer.next();
    test = { kind: "or", left: test, right: parseAllOf(lexer) };
  }
  return test;
}

function parseAllOf(lexer: Lexer): Test {
  let test = parseOneTest(lexer);
  while (isOperator(lexer.peek(), "&&")) {
    lexer.next();
    test = { kind: "and", left: test, right: parseOneTest(lexer) };
  }
  return test;
}

function parseOneTest(lexer: Lexer): Test {
  skipNewlines(lexer);
  const token = lexer.next();
  if (isOperator(token, "(")) {
    const test = parseTest(lexer);
    expectOperator(lexer, ")");
    return test;
  }
  if (token.kind !== "word") throw unexpected(token);
  const text = plainText(token.word);
  if (text === "!") return { kind: "not", test: parseOneTest(lexer) };
  const next = lexer.peek();
  const isUnary = /^-[a-zA-Z]$/.test(text ?? "") && next.kind === "word" && next.text !== "]]";
  if (isUnary) {
    lexer.next();
    return { kind: "unary", operator: text ?? "", word: next.word };
  }
  const isBinary = (next.kind === "word" && next.text !== "]]") || isOperator(next, "<") || isOperator(next, ">");
  if (!isBinary) return { kind: "unary", operator: "-n", word: token.word };
  lexer.next();
  if (next.text === "=~") return { kind: "binary", operator: "=~", left: token.word, right: lexer.pattern() };
  const right = lexer.next();
  if (right.kind !== "word") throw unexpected(right);
  return { kind: "binary", operator: next.text, left: token.word, right: right.word };
}
