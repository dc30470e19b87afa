import type { Running } from "../kernel/process.ts";
import { elementsOf } from "./arrays.ts";
import { changed, type Expanders, sliced } from "./parameters.ts";
import type { Shell } from "./shell.ts";
import type { ParameterPart } from "./syntax.ts";

/** What stands for several values, and whether they are one text between quotes. */
export interface List {
  readonly values: readonly string[];
  readonly isJoined: boolean;
}

/**
 * The values that a parameter stands for: all that a script was given, or all elements of an array, with what the
 * operator does to each of them. Undefined: it stands for one value, or its operator is for all together.
 */
export function* listOf(shell: Shell, part: ParameterPart, expanders: Expanders): Running<List | undefined> {
  const { name, operator, index } = part;
  const isPositional = name === "@" || name === "*";
  if (!isPositional && index !== "@" && index !== "*") return undefined;
  const isJoined = (isPositional ? name : index) === "*";
  const elements = isPositional ? undefined : elementsOf(shell, name);
  const all = elements ? [...elements.values()] : [...shell.positional];
  switch (operator) {
    case undefined:
      return { values: all, isJoined };
    case "keys":
      return { values: [...(elements?.keys() ?? [])], isJoined };
    case "length":
      return { values: [String(all.length)], isJoined };
    case ":": {
      // What a script was given is counted from its own name on.
      const values = isPositional ? [shell.zero, ...all] : all;
      return { values: yield* sliced(shell, part, { values, expanders }), isJoined };
    }
    case ":-":
    case "-":
      return all.length > 0 ? { values: all, isJoined } : undefined;
    case ":+":
    case "+":
      return all.length > 0 ? undefined : { values: [], isJoined };
    case ":=":
    case "=":
    case ":?":
    case "?":
    case "named":
      return undefined;
  }
  const values: string[] = [];
  for (const known of all) values.push(yield* changed(shell, part, { known, expanders }));
  return { values, isJoined };
}
