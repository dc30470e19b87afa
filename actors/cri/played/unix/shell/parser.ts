import { assignmentOf, splitAt } from "./assignments.ts";
import { parseTest } from "./double_brackets.ts";
import { type Cursor, createLexer, type Lexer, type Token } from "./lexer.ts";
import type {
  Assignment,
  Branch,
  CaseItem,
  Command,
  CompoundCommand,
  Pipeline,
  Redirection,
  Script,
  ScriptItem,
  Word,
} from "./syntax.ts";
import { SyntaxProblem, textWord } from "./syntax.ts";
import { expectOperator, isOperator, plainText, skipNewlines, unexpected } from "./tokens.ts";

const reserved = new Set([
  "if",
  "then",
  "elif",
  "else",
  "fi",
  "while",
  "until",
  "do",
  "done",
  "for",
  "case",
  "esac",
  "in",
  "{",
  "}",
  "!",
]);
const redirecting = new Set(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-", "<<<", "&>"]);
/** Builtins whose words may declare arrays. */
const declaring = new Set(["declare", "typeset", "local", "readonly", "export"]);

/** How a script is parsed. */
export interface ParseOptions {
  /** More of it may come, so that a document in it has to be there to its end. Default false. */
  readonly goesOn?: boolean;
  /** What is only bash's means something. Default false. */
  readonly isBash?: boolean;
}

/**
 * Parses a script.
 *
 * @throws SyntaxProblem when it is none
 */
export function parseScript(text: string, { goesOn, isBash }: ParseOptions = {}): Script {
  try {
    const lexer = createLexer({ text, at: 0, goesOn, isBash }, parseSubstitution);
    const script = parseList(lexer, () => false);
    const token = lexer.peek();
    if (token.kind !== "end") throw unexpected(token);
    return script;
  } catch (error) {
    if (error instanceof RangeError) throw new SyntaxProblem("nested too deep");
    throw error;
  }
}

function parseSubstitution(cursor: Cursor): Script {
  const lexer = createLexer(cursor, parseSubstitution);
  const script = parseList(lexer, (token) => isOperator(token, ")"));
  const token = lexer.next();
  if (!isOperator(token, ")")) throw unexpected(token, ")");
  return script;
}

function parseList(lexer: Lexer, isEnd: (token: Token) => boolean): Script {
  const items: ScriptItem[] = [];
  for (;;) {
    skipNewlines(lexer);
    const token = lexer.peek();
    if (token.kind === "end" || isEnd(token)) return items;
    const { first, rest } = parseAndOr(lexer);
    const separator = lexer.peek();
    const isBackground = isOperator(separator, "&");
    items.push({ first, rest, isBackground });
    if (isBackground || isOperator(separator, ";") || separator.kind === "newline") lexer.next();
    else if (separator.kind !== "end" && !isEnd(separator)) throw unexpected(separator);
  }
}

function parseAndOr(lexer: Lexer): Omit<ScriptItem, "isBackground"> {
  const first = parsePipeline(lexer);
  const rest: { operator: "&&" | "||"; pipeline: Pipeline }[] = [];
  for (let token = lexer.peek(); isOperator(token, "&&") || isOperator(token, "||"); token = lexer.peek()) {
    lexer.next();
    skipNewlines(lexer);
    rest.push({ operator: token.text as "&&" | "||", pipeline: parsePipeline(lexer) });
  }
  return { first, rest };
}

function parsePipeline(lexer: Lexer): Pipeline {
  let isNegated = false;
  const timed = lexer.peek();
  const isTimed = lexer.isBash && timed.kind === "word" && plainText(timed.word) === "time";
  if (isTimed) lexer.next();
  while (isReserved(lexer.peek(), "!")) {
    lexer.next();
    isNegated = !isNegated;
  }
  const commands = [parseCommand(lexer)];
  while (isOperator(lexer.peek(), "|")) {
    lexer.next();
    skipNewlines(lexer);
    commands.push(parseCommand(lexer));
  }
  return { isNegated, commands, ...(isTimed ? { isTimed } : {}) };
}

function parseCommand(lexer: Lexer): Command {
  const token = lexer.peek();
  if (lexer.isBash && token.kind === "word" && plainText(token.word) === "function") return parseFunction(lexer);
  const compound = parseCompound(lexer, token);
  if (compound) return { ...compound, redirections: parseRedirections(lexer) } as unknown as CompoundCommand;
  if (isReserved(token)) throw unexpected(token);
  return parseSimple(lexer);
}

/** `function name body`, with or without parentheses. */
function parseFunction(lexer: Lexer): Command {
  lexer.next();
  const named = lexer.next();
  if (named.kind !== "word") throw unexpected(named);
  if (isOperator(lexer.peek(), "(")) {
    lexer.next();
    expectOperator(lexer, ")");
  }
  skipNewlines(lexer);
  return { kind: "function", name: plainText(named.word) ?? "", body: parseCommand(lexer), redirections: [] };
}

function parseCompound(lexer: Lexer, token: Token): object | undefined {
  if (isOperator(token, "(")) {
    lexer.next();
    const body = parseList(lexer, (each) => isOperator(each, ")"));
    expectOperator(lexer, ")");
    return { kind: "subshell", body };
  }
  if (token.kind === "arithmetic") {
    lexer.next();
    return { kind: "arithmetic", expression: token.expression };
  }
  const word = lexer.isBash && token.kind === "word" ? plainText(token.word) : undefined;
  if (word === "[[") {
    lexer.next();
    const test = parseTest(lexer);
    const closing = lexer.next();
    if (closing.text !== "]]") throw unexpected(closing, "]]");
    return { kind: "test", test };
  }
  switch (reservedOf(token)) {
    case "{": {
      lexer.next();
      return { kind: "group", body: parseUntil(lexer, "}") };
    }
    case "if":
      lexer.next();
      return parseIf(lexer);
    case "while":
    case "until": {
      lexer.next();
      const condition = parseUntil(lexer, "do");
      return { kind: token.text, condition, body: parseUntil(lexer, "done") };
    }
    case "for":
      lexer.next();
      return parseFor(lexer);
    case "case":
      lexer.next();
      return parseCase(lexer);
  }
  return undefined;
}

/** Commands up to a reserved word, which is taken, too. */
function parseUntil(lexer: Lexer, word: string): Script {
  const script = parseList(lexer, (token) => isReserved(token, word));
  const token = lexer.next();
  if (!isReserved(token, word) || script.length === 0) throw unexpected(token, word);
  return script;
}

function parseIf(lexer: Lexer): object {
  const branches: Branch[] = [];
  const isEnd = (token: Token) => ["elif", "else", "fi"].includes(reservedOf(token) ?? "");
  for (;;) {
    const condition = parseUntil(lexer, "then");
    branches.push({ condition, body: parseList(lexer, isEnd) });
    const token = lexer.next();
    const word = reservedOf(token);
    if (word === "elif") continue;
    if (word === "else") return { kind: "if", branches, otherwise: parseUntil(lexer, "fi") };
    if (word === "fi") return { kind: "if", branches, otherwise: undefined };
    throw unexpected(token, "fi");
  }
}

/** What is behind `for ((first; condition; step))`. */
function parseCount(lexer: Lexer, expression: Word): object {
  const parts = splitAt(expression, ";");
  if (parts.length !== 3) throw new SyntaxProblem("arithmetic expression required");
  if (isOperator(lexer.peek(), ";")) lexer.next();
  skipNewlines(lexer);
  const token = lexer.next();
  if (!isReserved(token, "do")) throw unexpected(token, "do");
  return { kind: "count", parts, body: parseUntil(lexer, "done") };
}

function parseFor(lexer: Lexer): object {
  const named = lexer.next();
  if (named.kind === "arithmetic") return parseCount(lexer, named.expression);
  if (named.kind !== "word" || !/^[A-Za-z_]\w*$/.test(named.text)) throw unexpected(named);
  let words: Word[] | undefined;
  skipNewlines(lexer);
  if (isReserved(lexer.peek(), "in")) {
    lexer.next();
    words = [];
    for (let token = lexer.peek(); token.kind === "word"; token = lexer.peek()) {
      words.push(token.word);
      lexer.next();
    }
  }
  if (isOperator(lexer.peek(), ";")) lexer.next();
  skipNewlines(lexer);
  const token = lexer.next();
  if (!isReserved(token, "do")) throw unexpected(token, "do");
  return { kind: "for", name: named.text, words, body: parseUntil(lexer, "done") };
}

function parseCase(lexer: Lexer): object {
  const subject = lexer.next();
  if (subject.kind !== "word") throw unexpected(subject);
  skipNewlines(lexer);
  const opening = lexer.next();
  if (!isReserved(opening, "in")) throw unexpected(opening, "in");
  const items: CaseItem[] = [];
  for (;;) {
    skipNewlines(lexer);
    if (isReserved(lexer.peek(), "esac")) break;
    if (isOperator(lexer.peek(), "(")) lexer.next();
    const patterns: Word[] = [];
    do {
      const token = lexer.next();
      if (token.kind !== "word") throw unexpected(token);
      patterns.push(token.word);
    } while (isOperator(lexer.peek(), "|") && lexer.next());
    expectOperator(lexer, ")");
    const body = parseList(lexer, (token) => isOperator(token, ";;") || isReserved(token, "esac"));
    items.push({ patterns, body });
    if (isOperator(lexer.peek(), ";;")) lexer.next();
    else if (!isReserved(lexer.peek(), "esac")) throw unexpected(lexer.peek(), ";;");
  }
  lexer.next();
  return { kind: "case", subject: subject.word, items };
}

function parseSimple(lexer: Lexer): Command {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  const arrays: Assignment[] = [];
  for (;;) {
    const token = lexer.peek();
    if (token.kind === "descriptor" || (token.kind === "operator" && redirecting.has(token.text))) {
      redirections.push(...parseRedirections(lexer));
    } else if (token.kind === "word") {
      lexer.next();
      const assignment = words.length === 0 || token.elements ? assignmentOf(token, lexer.isBash) : undefined;
      if (assignment && words.length === 0) assignments.push(assignment);
      else if (assignment && declaring.has(plainText(words[0]) ?? "")) {
        words.push(textWord(assignment.name));
        arrays.push(assignment);
      } else if (token.elements) throw new SyntaxProblem('unexpected "("');
      else words.push(token.word);
    } else if (isOperator(token, "(") && words.length === 1 && redirections.length === 0) {
      lexer.next();
      expectOperator(lexer, ")");
      skipNewlines(lexer);
      return { kind: "function", name: plainText(words[0]) ?? "", body: parseCommand(lexer), redirections: [] };
    } else break;
  }
  if (assignments.length + words.length + redirections.length === 0) throw unexpected(lexer.peek());
  return { kind: "simple", assignments, words, redirections, ...(arrays.length > 0 ? { arrays } : {}) };
}

function parseRedirections(lexer: Lexer): Redirection[] {
  const found: Redirection[] = [];
  for (;;) {
    const first = lexer.peek();
    const isOne = first.kind === "operator" && redirecting.has(first.text);
    if (first.kind !== "descriptor" && !isOne) return found;
    lexer.next();
    const token = first.kind === "descriptor" ? lexer.next() : first;
    const number = first.kind === "descriptor" ? Number(first.text) : undefined;
    const target = lexer.next();
    if (target.kind !== "word") throw unexpected(target);
    const descriptor = number ?? (token.text.startsWith("<") ? 0 : 1);
    if (token.text === "<<<") {
      found.push({
        descriptor,
        operator: "<<",
        target: [...target.word, { kind: "text", text: "\n", isQuoted: true }],
      });
    } else if (token.text.startsWith("<<")) {
      const document = { descriptor, operator: "<<" as const, target: [] as Word };
      const isLiteral = target.word.some(({ isQuoted }) => isQuoted);
      const delimiter = target.word.map((part) => (part.kind === "text" ? part.text : "")).join("");
      const take = (word: Word) => {
        document.target = word;
      };
      lexer.expectDocument({ delimiter, isLiteral, stripsTabs: token.text === "<<-", take });
      found.push(document);
    } else if (token.text === "&>") {
      found.push({ descriptor: 1, operator: ">", target: target.word });
      found.push({ descriptor: 2, operator: ">&", target: textWord("1") });
    } else {
      const operator = (token.text === ">|" ? ">" : token.text) as Redirection["operator"];
      found.push({ descriptor, operator, target: target.word });
    }
  }
}

function reservedOf(token: Token): string | undefined {
  if (token.kind !== "word") return undefined;
  const text = plainText(token.word);
  return text !== undefined && reserved.has(text) ? text : undefined;
}

function isReserved(token: Token, word?: string): boolean {
  const found = reservedOf(token);
  return found !== undefined && found !== "in"
    ? word === undefined || found === word
    : found === word && found === "in";
}
