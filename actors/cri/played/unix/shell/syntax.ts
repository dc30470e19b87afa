/** A script: commands, one after the other. */
export type Script = readonly ScriptItem[];

/** Pipelines that depend on each other's outcome, perhaps in the background. */
export interface ScriptItem {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: "&&" | "||"; readonly pipeline: Pipeline }[];
  readonly isBackground: boolean;
}

/** Commands of which each reads what the one before writes. */
export interface Pipeline {
  readonly isNegated: boolean;
  /** How long it took is told. Default false. */
  readonly isTimed?: boolean;
  readonly commands: readonly Command[];
}

/** A command of any kind. */
export type Command = SimpleCommand | CompoundCommand | FunctionDefinition;

/** Words: assignments, a name, arguments. */
export interface SimpleCommand {
  readonly kind: "simple";
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** What arrays that it declares hold: `declare -A m=([a]=1)`. Default: nothing. */
  readonly arrays?: readonly Assignment[];
}

/** A value for a variable. */
export interface Assignment {
  readonly name: string;
  readonly value: Word;
  /** `+=` */
  readonly appends: boolean;
  /** Which element of an array it is for: `name[index]=value`. Default: the variable. */
  readonly index?: Word;
  /** All elements of an array: `name=(a b)`. Default: it is no array. */
  readonly elements?: readonly ArrayElement[];
}

/** An element of an array, or several where a word becomes more than one. */
export interface ArrayElement {
  /** Default: behind the one before. */
  readonly index?: Word;
  readonly value: Word;
}

/** A command that is made of others. */
export type CompoundCommand = Compound & { readonly redirections: readonly Redirection[] };

type Compound =
  | { readonly kind: "group" | "subshell"; readonly body: Script }
  | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: Script | undefined }
  | { readonly kind: "while" | "until"; readonly condition: Script; readonly body: Script }
  | { readonly kind: "for"; readonly name: string; readonly words: readonly Word[] | undefined; readonly body: Script }
  | { readonly kind: "case"; readonly subject: Word; readonly items: readonly CaseItem[] }
  /** `((expression))`: whether it is not 0. */
  | { readonly kind: "arithmetic"; readonly expression: Word }
  /** `for ((first; condition; step))` */
  | { readonly kind: "count"; readonly parts: readonly Word[]; readonly body: Script }
  /** `[[ test ]]` */
  | { readonly kind: "test"; readonly test: Test };

/** What `[[` asks: words in it are not split. */
export type Test =
  | { readonly kind: "and" | "or"; readonly left: Test; readonly right: Test }
  | { readonly kind: "not"; readonly test: Test }
  /** `operator` is `-n` where it is only a word. */
  | { readonly kind: "unary"; readonly operator: string; readonly word: Word }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Word; readonly right: Word };

/** One of the ways that `if` may go. */
export interface Branch {
  readonly condition: Script;
  readonly body: Script;
}

/** One of the patterns of a `case`, and what is done there. */
export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: Script;
}

/** `name() body` */
export interface FunctionDefinition {
  readonly kind: "function";
  readonly name: string;
  readonly body: Command;
  readonly redirections: readonly Redirection[];
}

/** Where a descriptor leads for the time of a command. */
export interface Redirection {
  readonly descriptor: number;
  readonly operator: "<" | ">" | ">>" | "<>" | "<&" | ">&" | "<<";
  /** The file, the other descriptor, or the document itself. */
  readonly target: Word;
  /** The error goes along: `&>`. */
  readonly isBoth?: boolean;
}

/** A word before it is expanded. */
export type Word = readonly WordPart[];

/** A piece of a word; what is quoted is neither split nor taken for a pattern. */
export type WordPart = { readonly isQuoted: boolean } & (
  | { readonly kind: "text"; readonly text: string }
  | ParameterPart
  | { readonly kind: "command"; readonly script: Script }
  /** `<(script)`: the name of a file from which what it writes can be read. */
  | { readonly kind: "process"; readonly script: Script }
  | { readonly kind: "arithmetic"; readonly expression: Word }
);

/** `$name`, `${name}`, `${name:-word}` and the like. */
export interface ParameterPart {
  readonly kind: "parameter";
  readonly name: string;
  readonly operator: ParameterOperator | undefined;
  readonly argument: Word;
  /** What comes instead, of `${name/pattern/instead}`. */
  readonly instead: Word;
  /** Which element of an array it is, or `@` or `*` for all. Default: the first, or the variable. */
  readonly index?: Word | "@" | "*";
}

export const parameterOperators = [
  ...[":-", ":=", ":?", ":+", "-", "=", "?", "+"],
  ...["##", "#", "%%", "%", "//", "/", ":", "^^", "^", ",,", ","],
] as const;

/** What is done with a parameter; `length` is `${#name}`, what begins with `^` or `,` changes letters. */
export type ParameterOperator =
  | ":-"
  | ":="
  | ":?"
  | ":+"
  | "-"
  | "="
  | "?"
  | "+"
  | "##"
  | "#"
  | "%%"
  | "%"
  | "//"
  | "/"
  | ":"
  | "^^"
  | "^"
  | ",,"
  | ","
  /** `${!name[@]}` */
  | "keys"
  /** `${!name}`: what the variable is called is in that one. */
  | "named"
  | "length";

/** A text as a word. */
export function textWord(text: string, isQuoted = false): Word {
  return [{ kind: "text", text, isQuoted }];
}

/** What cannot be understood as a script. */
export class SyntaxProblem extends Error {
  /** It ends too early: with more text it may become one. */
  readonly isUnfinished: boolean;
  constructor(message: string, isUnfinished = false) {
    super(message);
    this.isUnfinished = isUnfinished;
  }
}
