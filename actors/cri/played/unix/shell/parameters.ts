import { turn } from "../kernel/kernel.ts";
import type { Running } from "../kernel/process.ts";
import { type GlobPiece, parseGlob, prefixesOf, suffixesOf } from "../patterns/glob.ts";
import { ArithmeticProblem, arithmetic } from "./arithmetic.ts";
import { arithmeticVariables, elementsOf, keyOf, setElements } from "./arrays.ts";
import { type Shell, ShellExit, setVariable, shellComplains, variable } from "./shell.ts";
import { specialValue } from "./special_value.ts";
import type { ParameterPart, Word } from "./syntax.ts";

/** How words inside of a parameter are expanded. */
export interface Expanders {
  expandText(shell: Shell, word: Word): Running<string>;
  expandPieces(shell: Shell, word: Word): Running<GlobPiece[]>;
}

/**
 * The value of a parameter with what its operator does to it; `undefined` when the operator's word is to come instead.
 */
export function* expandParameter(shell: Shell, part: ParameterPart, expanders: Expanders): Running<string | undefined> {
  const { name, operator, index } = part;
  if (operator === "named") {
    const target = variable(shell, name) ?? "";
    return variable(shell, target) ?? specialValue(shell, target) ?? "";
  }
  const key = Array.isArray(index) ? yield* keyOf(shell, name, yield* expanders.expandText(shell, index)) : undefined;
  const value =
    key === undefined ? (variable(shell, name) ?? specialValue(shell, name)) : elementsOf(shell, name).get(key);
  const isMissing =
    operator?.startsWith(":") && operator !== ":" ? value === undefined || value === "" : value === undefined;
  switch (operator) {
    case ":-":
    case "-":
      return isMissing ? undefined : value;
    case ":+":
    case "+":
      return isMissing ? "" : undefined;
    case ":=":
    case "=": {
      if (!isMissing) return value;
      const given = yield* expanders.expandText(shell, part.argument);
      const refused =
        key === undefined
          ? setVariable(shell, name, { value: given })
          : setElements(shell, name, new Map([...elementsOf(shell, name), [key, given]]));
      if (refused === undefined) return given;
      yield* shellComplains(shell, refused);
      throw new ShellExit(2);
    }
    case ":?":
    case "?": {
      if (!isMissing) return value;
      const text = yield* expanders.expandText(shell, part.argument);
      yield* shellComplains(
        shell,
        `${name}: ${text || (operator === "?" ? "parameter not set" : "parameter not set or null")}`,
      );
      throw new ShellExit(2);
    }
  }
  if (value === undefined && shell.options.has("u") && name !== "@" && name !== "*") {
    yield* shellComplains(shell, `${name}: parameter not set`);
    throw new ShellExit(2);
  }
  const known = value ?? "";
  if (operator === undefined) return known;
  if (operator === "length") return String(name === "@" || name === "*" ? shell.positional.length : known.length);
  return yield* changed(shell, part, { known, expanders });
}

/** What operators make of each text: a part of it, or with something else in it. */
export function* changed(
  shell: Shell,
  part: ParameterPart,
  { known, expanders }: { readonly known: string; readonly expanders: Expanders },
): Running<string> {
  const { operator = "" } = part;
  if (operator === ":") return yield* substring(shell, part, known, expanders);
  const toCase = operator.startsWith("^") ? "toUpperCase" : operator.startsWith(",") ? "toLowerCase" : undefined;
  if (toCase) return operator.length > 1 ? known[toCase]() : known.slice(0, 1)[toCase]() + known.slice(1);
  const glob = parseGlob(yield* expanders.expandPieces(shell, part.argument));
  if (shell.self.kernel.spend((known.length * (glob.length + 1)) / 1000)) yield turn;
  if (operator === "/" || operator === "//") {
    const instead = yield* expanders.expandText(shell, part.instead);
    return replaced(known, glob, { instead, isAll: operator === "//" });
  }
  const found = operator.startsWith("#") ? prefixesOf(glob, known) : suffixesOf(glob, known);
  const length = operator.length === 1 ? found?.shortest : found?.longest;
  if (!length) return known;
  return operator.startsWith("#") ? known.slice(length) : known.slice(0, known.length - length);
}

/** `${name:offset:length}` */
function* substring(shell: Shell, { argument }: ParameterPart, value: string, expanders: Expanders): Running<string> {
  const text = yield* expanders.expandText(shell, argument);
  const [offset = "", length] = text.split(":", 2);
  const numberOf = (expression: string) => Number(arithmetic(expression, arithmeticVariables(shell)));
  try {
    const from = numberOf(offset);
    const start = from < 0 ? value.length + from : from;
    if (start < 0) return "";
    if (length === undefined) return value.slice(start);
    const count = numberOf(length);
    return count < 0 ? value.slice(start, count) : value.slice(start, start + count);
  } catch (error) {
    if (!(error instanceof ArithmeticProblem)) throw error;
    yield* shellComplains(shell, "bad substitution");
    throw new ShellExit(2);
  }
}

/** From where on and how many of a list are meant: `${name[@]:offset:length}`. */
export function* sliced(
  shell: Shell,
  { argument }: ParameterPart,
  { values, expanders }: { readonly values: readonly string[]; readonly expanders: Expanders },
): Running<readonly string[]> {
  const [offset = "", length] = (yield* expanders.expandText(shell, argument)).split(":", 2);
  try {
    const from = Number(arithmetic(offset, arithmeticVariables(shell)));
    const start = from < 0 ? values.length + from : from;
    if (start < 0) return [];
    return values.slice(
      start,
      length === undefined ? undefined : start + Number(arithmetic(length, arithmeticVariables(shell))),
    );
  } catch (error) {
    if (!(error instanceof ArithmeticProblem)) throw error;
    yield* shellComplains(shell, "bad substitution");
    throw new ShellExit(2);
  }
}

const replacedBytesMax = 65_536;

function replaced(
  value: string,
  glob: ReturnType<typeof parseGlob>,
  { instead, isAll }: { readonly instead: string; readonly isAll: boolean },
): string {
  // Each place is looked at on its own: what is long is not searched to its end.
  const reach = Math.min(value.length, replacedBytesMax);
  const isPlain = glob.every(({ kind }) => kind === "one");
  if (isPlain) {
    const text = glob.map((element) => (element.kind === "one" ? element.char : "")).join("");
    if (text === "") return value;
    if (isAll) return value.split(text).join(instead);
    const at = value.indexOf(text);
    return at < 0 ? value : value.slice(0, at) + instead + value.slice(at + text.length);
  }
  let result = "";
  let at = 0;
  const windowMax = 1_024;
  while (at < reach) {
    const found = prefixesOf(glob, value.slice(at, at + windowMax));
    if (!found || found.longest === 0) {
      result += value[at++];
      continue;
    }
    result += instead;
    at += found.longest;
    if (!isAll) break;
  }
  return result + value.slice(at);
}
