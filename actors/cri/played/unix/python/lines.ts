/** A line of a script, without its comment, and how far it is indented. */
export interface PythonLine {
  readonly indent: number;
  readonly text: string;
}

const commentOrText = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|#[^\n]*/g;

/** The lines of a script; several statements of one line are lines of their own, and so is what follows a colon. */
export function pythonLines(script: string): readonly PythonLine[] {
  const lines: PythonLine[] = [];
  for (const raw of script.replace(commentOrText, (_, text: string | undefined) => text ?? "").split("\n")) {
    if (raw.trim() === "") continue;
    const indent = /^\s*/.exec(raw.replaceAll("\t", "        "))?.[0].length ?? 0;
    const [, head = "", rest = ""] = /^((?:if|elif|else|while|for)\b.*?:)\s+(\S.*)$/.exec(raw.trim()) ?? [];
    if (head !== "") lines.push({ indent, text: head });
    const statements = statementsOf(head === "" ? raw.trim() : rest);
    for (const text of statements) lines.push({ indent: head === "" ? indent : indent + 1, text });
  }
  return lines;
}

/** The block below a line, and where the line after it is. */
export function blockOf(lines: readonly PythonLine[], at: number): { block: readonly PythonLine[]; next: number } {
  const { indent = 0 } = lines[at] ?? {};
  let next = at + 1;
  while ((lines[next]?.indent ?? -1) > indent) next++;
  return { block: lines.slice(at + 1, next), next };
}

/** Split at semicolons outside of texts. */
function statementsOf(line: string): string[] {
  const parts = line.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^;"'])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
