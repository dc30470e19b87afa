const step = "  ";

/** Lays out encoded JSON over lines for a person to read, as Go's `json.MarshalIndent` does; texts stay as they are. */
export function indentJson(text: string): string {
  const pieces: string[] = [];
  let line = "\n";
  let isEmpty = false;
  const put = (piece: string) => {
    if (isEmpty) pieces.push(line);
    isEmpty = false;
    pieces.push(piece);
  };
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = tokenEnd(text, at);
    const token = text.slice(at, end);
    if (token === "{" || token === "[") {
      put(token);
      line += step;
      isEmpty = true;
    } else if (token === "}" || token === "]") {
      line = line.slice(0, -step.length);
      if (!isEmpty) pieces.push(line);
      isEmpty = false;
      pieces.push(token);
    } else if (token === ",") pieces.push(token, line);
    else if (token === ":") pieces.push(": ");
    else if (token.trim() !== "") put(token);
  }
  return pieces.join("");
}

const delimiters = new Set('{}[],:" \n\r\t');

/** Where the token that begins at `at` ends. */
function tokenEnd(text: string, at: number): number {
  const first = text[at] ?? "";
  if (first !== '"') {
    if (delimiters.has(first)) return at + 1;
    let end = at + 1;
    while (end < text.length && !delimiters.has(text[end] ?? "")) end++;
    return end;
  }
  let end = at + 1;
  for (;;) {
    const quote = text.indexOf('"', end);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes++;
    end = quote + 1;
    if (slashes % 2 === 0) return end;
  }
}

const people = /^(?:curl|Wget|Mozilla\/5\.0)/;
const yes = new Set(["1", "t", "T", "TRUE", "true", "True"]);

/** Whether an answer is for a person: the query says so, or else the program that asks is one that people use. */
export function wantsIndent(
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): boolean {
  // Unlike other booleans, Kubernetes reads this one with Go's ParseBool.
  return query.pretty ? yes.has(query.pretty) : people.test(headers["user-agent"] ?? "");
}
