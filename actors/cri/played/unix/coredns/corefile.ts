import { failed, ok, type Result } from "../../../../kit/result.ts";

/** A line of a Corefile within the braces of another: its words, and its own lines. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** What is served at a port of names in certain zones. */
export interface ServerBlock {
  /** In lower case, without a dot at the end; the root is empty. */
  readonly zones: readonly string[];
  readonly port: number;
  readonly directives: readonly Directive[];
}

interface Token {
  readonly text: string;
  readonly line: number;
}

const dnsPort = 53;

/**
 * Reads a Corefile: for each port and each list of zones what is done with a question, line by line. Fails in words of
 * CoreDNS.
 *
 * @see https://coredns.io/manual/configuration/
 */
export function readCorefile(text: string, name = "Corefile"): Result<readonly ServerBlock[], string> {
  const tokens = tokensOf(text);
  const blocks: ServerBlock[] = [];
  let at = 0;
  const wrong = (why: string) =>
    failed(`${name}:${tokens[Math.min(at, tokens.length - 1)]?.line ?? 1} - Error during parsing: ${why}`);
  while (at < tokens.length) {
    const keys: string[] = [];
    for (let next = tokens[at]; next && next.text !== "{"; next = tokens[++at])
      keys.push(...next.text.split(",").filter((each) => each !== ""));
    if (keys.length === 0) return wrong("Unexpected '{'");
    if (at >= tokens.length) return wrong("Unexpected EOF");
    at++;
    const directives: Directive[] = [];
    for (let next = tokens[at]; next?.text !== "}"; next = tokens[at]) {
      if (!next) return wrong("Unexpected EOF");
      const words = lineAt(tokens, at);
      at += words.length;
      const [own = "", ...args] = words;
      const lines: (readonly string[])[] = [];
      if (tokens[at]?.text === "{") {
        at++;
        for (let inner = tokens[at]; inner?.text !== "}"; inner = tokens[at]) {
          if (!inner) return wrong("Unexpected EOF");
          if (inner.text === "{") return wrong("Unexpected '{'");
          const line = lineAt(tokens, at);
          lines.push(line);
          at += line.length;
        }
        at++;
      }
      directives.push({ name: own, args, lines });
    }
    at++;
    blocks.push(...blocksOf(keys, directives));
  }
  return ok(blocks);
}

/** The words from one on that are on its line, up to a brace. */
function lineAt(tokens: readonly Token[], from: number): string[] {
  const words: string[] = [];
  for (let at = from; tokens[at]?.line === tokens[from]?.line; at++) {
    const text = tokens[at]?.text ?? "";
    if (text === "{" || text === "}") break;
    words.push(text);
  }
  return words;
}

function tokensOf(text: string): Token[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.replace(/(^|\s)#.*$/, "").matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => ({
      text: plain ?? (quoted ?? "").replace(/\\(.)/g, "$1"),
      line: index + 1,
    })),
  );
}

/** Zones of one port are one block. */
function blocksOf(keys: readonly string[], directives: readonly Directive[]): ServerBlock[] {
  const byPort = new Map<number, string[]>();
  for (const key of keys) {
    const [, zone = "", port] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(key) ?? [];
    const number = port === undefined ? dnsPort : Number(port);
    byPort.set(number, [...(byPort.get(number) ?? []), zoneOf(zone)]);
  }
  return [...byPort].map(([port, zones]) => ({ port, zones, directives }));
}

/** A name as it is compared: in lower case, without the last dot. */
export function zoneOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** Whether a name is in a zone. */
export function isIn(name: string, zone: string): boolean {
  return zone === "" || name === zone || name.endsWith(`.${zone}`);
}
