/**
 * The texts of a container's configuration: its variables, its command and its arguments, with `$(NAME)` replaced by
 * what is known of it. A variable may double the one before it, so thirty short ones stand for a gigabyte: what is
 * longer than the runtime would be sent is counted, but not made.
 *
 * Source: k8s.io/kubernetes/third_party/forked/golang/expansion.
 */

/** What one message to a runtime may hold: a kubelet's gRPC client sends no more. */
export const messageCharsMax = 16 * 1024 * 1024;

/** A text, or how many characters it would have. */
type Expanded = string | number;

/** Makes the texts of one container; together they are no longer than a message to its runtime may be. */
export interface Expander {
  /** Sets a variable to a text as it is. */
  set(name: string, value: string): void;
  /** Sets a variable to a text in which the variables set before are replaced. */
  setExpanded(name: string, text: string): void;
  /** A word of the command line, in which the variables are replaced; of a configuration that is too long it is cut. */
  word(text: string): string;
  /** The variables that a text names and that are not set, or to nothing. */
  missing(text: string): readonly string[];
  /** The variables, each as it was set last. */
  env(): Record<string, string>;
  /** How many characters all of it has; above `messageCharsMax` it is not to be used. */
  chars(): number;
}

/** Makes an expander that knows no variable yet. */
export function createExpander(charsMax: number = messageCharsMax): Expander {
  const values = new Map<string, Expanded>();
  let chars = 0;

  function expand(text: string): Expanded {
    const parts: string[] = [];
    let length = 0;
    for (const part of partsOf(text, values)) {
      length += lengthOf(part);
      if (typeof part === "string" && chars + length <= charsMax) parts.push(part);
    }
    return chars + length <= charsMax ? parts.join("") : length;
  }

  function put(name: string, value: Expanded): void {
    const before = values.get(name);
    if (before !== undefined) chars -= name.length + lengthOf(before);
    values.set(name, value);
    chars = Math.min(chars + name.length + lengthOf(value), Number.MAX_SAFE_INTEGER);
  }

  return {
    set: put,
    setExpanded: (name, text) => put(name, expand(text)),
    word(text) {
      const expanded = expand(text);
      chars = Math.min(chars + lengthOf(expanded), Number.MAX_SAFE_INTEGER);
      return typeof expanded === "string" ? expanded : "";
    },
    missing(text) {
      const found = new Set<string>();
      const get = (name: string) => {
        const value = values.get(name);
        if (value === undefined || value === "" || value === 0) found.add(name);
        return value;
      };
      for (const _part of partsOf(text, { get }));
      return [...found].sort();
    },
    env: () =>
      Object.fromEntries(Array.from(values, ([name, value]) => [name, typeof value === "string" ? value : ""])),
    chars: () => chars,
  };
}

function lengthOf(value: Expanded): number {
  return typeof value === "string" ? value.length : value;
}

/** What a text is put together from: `$$` stands for a dollar sign, and what nobody knows stays as it is. */
function* partsOf(text: string, values: Pick<ReadonlyMap<string, Expanded>, "get">): Generator<Expanded> {
  let from = 0;
  // Looked for once: a text of nothing but openings would otherwise be read to its end for each of them.
  let close = text.indexOf(")");
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at)) {
    const next = text[at + 1];
    if (next === "$") {
      yield text.slice(from, at + 1);
      at += 2;
      from = at;
      continue;
    }
    if (close >= 0 && close < at) close = text.indexOf(")", at);
    if (next !== "(" || close < 0) {
      at++;
      continue;
    }
    const value = values.get(text.slice(at + 2, close));
    yield text.slice(from, at);
    yield value ?? text.slice(at, close + 1);
    at = close + 1;
    from = at;
  }
  yield text.slice(from);
}
