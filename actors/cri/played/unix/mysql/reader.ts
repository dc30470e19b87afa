import { SqlError } from "./sql_error.ts";
import type { Word } from "./words.ts";

/** Reads the words of one statement, one after the other. */
export interface Reader {
  /** Whether the next words are these keywords or signs, which are then passed. */
  take(...expected: readonly string[]): boolean;
  /** Passes these keywords or signs, or says that they are missing. */
  expect(...expected: readonly string[]): void;
  /** The next word, which is passed. */
  next(): Word;
  peek(ahead?: number): Word | undefined;
  /** A name, as it is written. */
  name(): string;
  isAtEnd(): boolean;
  /** The word that a statement begins with, as errors name it. */
  readonly verb: string;
  /** What is next makes no sense here. */
  fault(): SqlError;
}

/** Reads the words of a statement. */
export function readerOf(sql: string, words: readonly Word[]): Reader {
  let at = 0;
  const isOne = (word: Word | undefined, expected: string) =>
    word !== undefined &&
    (word.sort === "name" || word.sort === "sign") &&
    word.text.toUpperCase() === expected.toUpperCase();
  const reader: Reader = {
    take(...expected) {
      if (!expected.every((each, ahead) => isOne(words[at + ahead], each))) return false;
      at += expected.length;
      return true;
    },
    expect(...expected) {
      if (!reader.take(...expected)) throw reader.fault();
    },
    next() {
      const word = words[at];
      if (!word) throw reader.fault();
      at++;
      return word;
    },
    peek: (ahead = 0) => words[at + ahead],
    name() {
      const word = words[at];
      if (word?.sort !== "name" && word?.sort !== "quoted") throw reader.fault();
      at++;
      return word.text;
    },
    isAtEnd: () => at >= words.length,
    verb: words[0]?.text.toUpperCase() ?? "",
    fault: () => SqlError.syntax(sql, words[at]?.at ?? sql.length),
  };
  return reader;
}
