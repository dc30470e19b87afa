/**
 * The grammar of label selectors as text, with the error words of k8s.io/apimachinery labels.Parse.
 */
import { fieldErrorText, invalid } from "./field_error.ts";
import type { LabelOperator, Requirement } from "./label_requirement.ts";
import { requirementError } from "./label_requirement.ts";
import { labelKeyErrors } from "./validation/names.ts";

interface Token {
  readonly type: "end" | "identifier" | "symbol" | "unknown";
  readonly text: string;
}

interface FailedParse {
  readonly error: string;
}

const symbols: ReadonlySet<string> = new Set([")", ",", "!", "==", "=", ">", "<", "!=", "("]);
const specials = "=!(),><";
const spaces = " \t\r\n";
const binaryOperators = "in, notin, =, ==, !=, gt, lt";
const symbolOperators: ReadonlyMap<string, LabelOperator> = new Map([
  ["=", "="],
  ["==", "=="],
  ["!=", "!="],
  [">", "gt"],
  ["<", "lt"],
]);

/** Whether the text could not be parsed. */
export function isFailedParse(value: readonly Requirement[] | FailedParse): value is FailedParse {
  return "error" in value;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (spaces.includes(char)) {
      at++;
    } else if (specials.includes(char)) {
      const two = text.slice(at, at + 2);
      const symbol = symbols.has(two) ? two : char;
      tokens.push({ type: symbols.has(symbol) ? "symbol" : "unknown", text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !specials.includes(text.charAt(at)) && !spaces.includes(text.charAt(at))) at++;
      tokens.push({ type: "identifier", text: text.slice(start, at) });
    }
  }
  return tokens;
}

/** The requirements of a selector's text, in the order they stand there, or why it is none. */
export function parseRequirements(text: string): readonly Requirement[] | FailedParse {
  const tokens = tokenize(text);
  const end: Token = { type: "end", text: "" };
  let at = 0;
  const peek = (): Token => tokens[at] ?? end;
  const next = (): Token => tokens[at++] ?? end;
  const isSymbol = (token: Token, symbol: string): boolean => token.type === "symbol" && token.text === symbol;
  const startsRequirement = (token: Token): boolean => token.type === "identifier" || isSymbol(token, "!");

  function exactValue(): string[] | FailedParse {
    if (peek().type === "end" || isSymbol(peek(), ",")) return [""];
    const token = next();
    return token.type === "identifier" ? [token.text] : { error: `found '${token.text}', expected: identifier` };
  }

  function valueSet(): string[] | FailedParse {
    const open = next();
    if (!isSymbol(open, "(")) return { error: `found '${open.text}' expected: '('` };
    const first = peek();
    if (isSymbol(first, ")")) {
      next();
      return [];
    }
    if (first.type !== "identifier" && !isSymbol(first, ",")) {
      return { error: `found '${first.text}', expected: ',', ')' or identifier` };
    }
    const values = new Set<string>();
    for (;;) {
      if (peek().type === "identifier") values.add(next().text);
      else values.add("");
      const token = next();
      if (isSymbol(token, ")")) return [...values].sort();
      if (!isSymbol(token, ",")) return { error: `found '${token.text}', expected: ',' or ')'` };
      if (isSymbol(peek(), ")")) {
        next();
        values.add("");
        return [...values].sort();
      }
    }
  }

  function requirement(): Requirement | FailedParse {
    const negated = isSymbol(peek(), "!");
    if (negated) next();
    const token = next();
    if (token.type !== "identifier") return { error: `found '${token.text}', expected: identifier` };
    const key = token.text;
    const keyErrors = labelKeyErrors(key);
    // The path of a key is nil in Kubernetes' parser too, and is printed so.
    if (keyErrors.length > 0) return { error: fieldErrorText(invalid("<nil>", key, keyErrors.join("; "))) };
    if (peek().type === "end" || isSymbol(peek(), ",")) {
      return { key, operator: negated ? "!" : "exists", values: [] };
    }
    if (negated) return { key, operator: "!", values: [] };
    const sign = next();
    const isSet = sign.type === "identifier" && (sign.text === "in" || sign.text === "notin");
    const operator = isSet
      ? (sign.text as "in" | "notin")
      : symbolOperators.get(sign.type === "symbol" ? sign.text : "");
    if (operator === undefined) return { error: `found '${sign.text}', expected: ${binaryOperators}` };
    const values = isSet ? valueSet() : exactValue();
    if ("error" in values) return values;
    const made = { key, operator, values };
    const error = requirementError(made);
    return error === undefined ? made : { error };
  }

  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek();
    if (token.type === "end") return requirements;
    if (!startsRequirement(token)) {
      return { error: `found '${token.text}', expected: !, identifier, or 'end of string'` };
    }
    const made = requirement();
    if ("error" in made) return { error: `unable to parse requirement: ${made.error}` };
    requirements.push(made);
    const after = next();
    if (after.type === "end") return requirements;
    if (!isSymbol(after, ",")) return { error: `found '${after.text}', expected: ',' or 'end of string'` };
    if (!startsRequirement(peek())) return { error: `found '${peek().text}', expected: identifier after ','` };
  }
}
