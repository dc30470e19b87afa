import type { Lexer, Token } from "./lexer.ts";
import { SyntaxProblem, type Word } from "./syntax.ts";

/** The text of a word that is nothing but unquoted text. */
export function plainText(word: Word | undefined): string | undefined {
  const [only, ...rest] = word ?? [];
  return only?.kind === "text" && !only.isQuoted && rest.length === 0 ? only.text : undefined;
}

/** Whether a token is that operator. */
export function isOperator(token: Token, text: string): boolean {
  return token.kind === "operator" && token.text === text;
}

/** Takes an operator that has to come. */
export function expectOperator(lexer: Lexer, text: string): void {
  const token = lexer.next();
  if (!isOperator(token, text)) throw unexpected(token, text);
}

/** Passes over ends of lines. */
export function skipNewlines(lexer: Lexer): void {
  while (lexer.peek().kind === "newline") lexer.next();
}

/** What is wrong with a token, and what should be there. */
export function unexpected({ kind, text }: Token, expected?: string): SyntaxProblem {
  const found = kind === "end" || kind === "newline" ? text : `"${text}"`;
  const message = `unexpected ${found}${expected === undefined ? "" : ` (expecting "${expected}")`}`;
  return new SyntaxProblem(message, kind === "end");
}
