import { type ReadScript, readExpression, readIndex, readWord } from "./read_word.ts";
import { type ArrayElement, SyntaxProblem, textWord, type Word } from "./syntax.ts";

/** What a script is made of. */
export type Token =
  | {
      readonly kind: "word";
      readonly word: Word;
      readonly text: string;
      /** What follows in parentheses an array is made of: `name=(a b)`. Default: nothing does. */
      readonly elements?: readonly ArrayElement[];
    }
  /** `((expression))` */
  | { readonly kind: "arithmetic"; readonly expression: Word; readonly text: string }
  | { readonly kind: "operator"; readonly text: string }
  /** The number before a redirection: the 2 of `2>`. */
  | { readonly kind: "descriptor"; readonly text: string }
  | { readonly kind: "newline"; readonly text: string }
  | { readonly kind: "end"; readonly text: string };

/** A document that a script has behind a line: `<<END`. */
interface Document {
  readonly delimiter: string;
  readonly isLiteral: boolean;
  readonly stripsTabs: boolean;
  readonly take: (word: Word) => void;
}

/** Reads tokens off a script. */
export interface Lexer {
  peek(): Token;
  next(): Token;
  /** The pattern of a `[[ text =~ pattern ]]`, in which only blanks end a word. */
  pattern(): Word;
  /** Whether what is only bash's means something. */
  readonly isBash: boolean;
  /** A document comes behind this line. */
  expectDocument(document: Document): void;
}

/** A place in a text, which moves. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** More of the text may come. Default false. */
  readonly goesOn?: boolean | undefined;
  /** It is bash's. Default: a smaller shell's. */
  readonly isBash?: boolean | undefined;
}

const operators = [
  "&&",
  "||",
  ";;",
  "<<-",
  "<<",
  ">>",
  ">|",
  "<&",
  ">&",
  "<>",
  "&>",
  "&",
  "|",
  ";",
  "<",
  ">",
  "(",
  ")",
];

/** Makes a lexer from a place on; `readScript` parses the commands inside of words. */
export function createLexer(cursor: Cursor, readScript: ReadScript): Lexer {
  const documents: Document[] = [];
  let peeked: Token | undefined;

  function skipBlanks(): void {
    const { text } = cursor;
    for (;;) {
      const char = text[cursor.at];
      if (char === " " || char === "\t" || char === "\r") cursor.at++;
      else if (char === "\\" && text[cursor.at + 1] === "\n") cursor.at += 2;
      else if (char === "#") while (cursor.at < text.length && text[cursor.at] !== "\n") cursor.at++;
      else return;
    }
  }

  function readDocuments(): void {
    for (const { delimiter, isLiteral, stripsTabs, take } of documents.splice(0)) {
      let body = "";
      for (;;) {
        if (cursor.at >= cursor.text.length) {
          if (cursor.goesOn) throw new SyntaxProblem("unexpected end of file", true);
          break;
        }
        const end = cursor.text.indexOf("\n", cursor.at);
        const stop = end < 0 ? cursor.text.length : end;
        const line = cursor.text.slice(cursor.at, stop);
        cursor.at = Math.min(cursor.text.length, stop + 1);
        const stripped = stripsTabs ? line.replace(/^\t+/, "") : line;
        if (stripped === delimiter) break;
        body += `${stripped}\n`;
      }
      take(isLiteral ? textWord(body, true) : readWord({ text: body, at: 0 }, readScript, "document"));
    }
  }

  /** What is in the parentheses of an array. */
  function readElements(): ArrayElement[] {
    const elements: ArrayElement[] = [];
    for (;;) {
      skipBlanks();
      const char = cursor.text[cursor.at];
      if (char === undefined) throw new SyntaxProblem('unexpected end of file (expecting ")")', true);
      if (char === "\n") cursor.at++;
      else if (char === ")") {
        cursor.at++;
        return elements;
      } else {
        const from = cursor.at;
        const index = char === "[" ? readIndex(cursor, readScript) : undefined;
        const isKeyed = index !== undefined && cursor.text[cursor.at] === "=";
        cursor.at = isKeyed ? cursor.at + 1 : from;
        const value = readWord(cursor, readScript, "word");
        if (cursor.at === from) throw new SyntaxProblem(`unexpected "${char}"`);
        elements.push(isKeyed ? { index, value } : { value });
      }
    }
  }

  function scan(): Token {
    skipBlanks();
    const { text } = cursor;
    const char = text[cursor.at];
    if (char === undefined) return { kind: "end", text: "end of file" };
    if (char === "\n") {
      cursor.at++;
      readDocuments();
      return { kind: "newline", text: "newline" };
    }
    const [digits] = /^\d+(?=[<>])/.exec(text.slice(cursor.at, cursor.at + 4)) ?? [];
    if (digits !== undefined) {
      cursor.at += digits.length;
      return { kind: "descriptor", text: digits };
    }
    if (cursor.isBash && text.startsWith("((", cursor.at)) {
      const expression = readExpression(cursor, readScript);
      if (expression) return { kind: "arithmetic", expression, text: "((" };
    }
    if (cursor.isBash && text.startsWith("<<<", cursor.at)) {
      cursor.at += 3;
      return { kind: "operator", text: "<<<" };
    }
    const isProcess = cursor.isBash === true && text.startsWith("<(", cursor.at);
    const operator = isProcess ? undefined : operators.find((each) => text.startsWith(each, cursor.at));
    if (operator !== undefined) {
      cursor.at += operator.length;
      return { kind: "operator", text: operator };
    }
    const from = cursor.at;
    const word = readWord(cursor, readScript, "word");
    if (cursor.at === from) throw new SyntaxProblem(`unexpected "${char}"`);
    const said = text.slice(from, cursor.at);
    if (!cursor.isBash || text[cursor.at] !== "(" || !/^[A-Za-z_]\w*\+?=$/.test(said)) {
      return { kind: "word", word, text: said };
    }
    cursor.at++;
    return { kind: "word", word, text: said, elements: readElements() };
  }

  return {
    peek() {
      peeked ??= scan();
      return peeked;
    },
    next() {
      const token = peeked ?? scan();
      peeked = undefined;
      return token;
    },
    pattern() {
      skipBlanks();
      return readWord(cursor, readScript, "pattern");
    },
    isBash: cursor.isBash === true,
    expectDocument: (document) => void documents.push(document),
  };
}
