/**
 * The grammar of label selectors as text, with the error words of k8s.io/apimachinery labels.Parse.
 */
import { failed, ok, type Result } from "../kit/result.ts";
import { fieldErrorText, invalid } from "./field_error.ts";
import type { LabelOperator, Requirement } from "./label_requirement.ts";
import { requirementError } from "./label_requirement.ts";
import { labelKeyErrors } from "./validation/names.ts";

interface Token {
  readonly type: "end" | "identifier" | "symbol" | "unknown";
  readonly text: string;
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
export function parseRequirements(text: string): Result<readonly Requirement[], string> {
  const tokens = tokenize(text);
  const end: Token = { type: "end", text: "" };
  let at = 0;
  const peek = (): Token => tokens[at] ?? end;
  const next = (): Token => tokens[at++] ?? end;
  const isSymbol = (token: Token, symbol: string): boolean => token.type === "symbol" && token.text === symbol;
  const startsRequirement = (token: Token): boolean => token.type === "identifier" || isSymbol(token, "!");

  function exactValue(): Result<string[], string> {
    if (peek().type === "end" || isSymbol(peek(), ",")) return ok([""]);
    const token = next();
    return token.type === "identifier" ? ok([token.text]) : failed(`found '${token.text}', expected: identifier`);
  }

  function valueSet(): Result<string[], string> {
    const open = next();
    if (!isSymbol(open, "(")) return failed(`found '${open.text}' expected: '('`);
    const first = peek();
    if (isSymbol(first, ")")) {
      next();
      return ok([]);
    }
    if (first.type !== "identifier" && !isSymbol(first, ",")) {
      return failed(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    for (;;) {
      if (peek().type === "identifier") values.add(next().text);
      else values.add("");
      const token = next();
      if (isSymbol(token, ")")) return ok([...values].sort());
      if (!isSymbol(token, ",")) return failed(`found '${token.text}', expected: ',' or ')'`);
      if (isSymbol(peek(), ")")) {
        next();
        values.add("");
        return ok([...values].sort());
      }
    }
  }

  function requirement(): Result<Requirement, string> {
    const negated = isSymbol(peek(), "!");
    if (negated) next();
    const token = next();
    if (token.type !== "identifier") return failed(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const keyErrors = labelKeyErrors(key);
    // The path of a key is nil in Kubernetes' parser too, and is printed so.
    if (keyErrors.length > 0) return failed(fieldErrorText(invalid("<nil>", key, keyErrors.join("; "))));
    if (peek().type === "end" || isSymbol(peek(), ",")) {
      return ok({ key, operator: negated ? "!" : "exists", values: [] });
    }
    if (negated) return ok({ key, operator: "!", values: [] });
    const sign = next();
    const isSet = sign.type === "identifier" && (sign.text === "in" || sign.text === "notin");
    const operator = isSet
      ? (sign.text as "in" | "notin")
      : symbolOperators.get(sign.type === "symbol" ? sign.text : "");
    if (operator === undefined) return failed(`found '${sign.text}', expected: ${binaryOperators}`);
    const values = isSet ? valueSet() : exactValue();
    if (!values.ok) return values;
    const made = { key, operator, values: values.value };
    const error = requirementError(made);
    return error === undefined ? ok(made) : failed(error);
  }

  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek();
    if (token.type === "end") return ok(requirements);
    if (!startsRequirement(token)) {
      return failed(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    }
    const made = requirement();
    if (!made.ok) return failed(`unable to parse requirement: ${made.failure}`);
    requirements.push(made.value);
    const after = next();
    if (after.type === "end") return ok(requirements);
    if (!isSymbol(after, ",")) return failed(`found '${after.text}', expected: ',' or 'end of string'`);
    if (!startsRequirement(peek())) return failed(`found '${peek().text}', expected: identifier after ','`);
  }
}
