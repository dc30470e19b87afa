/** What a server of Redis' protocol answers. */
export type Reply =
  | null
  | number
  | string
  | { readonly status: string }
  | { readonly error: string }
  | readonly Reply[];

/** What was read of a stream of commands. */
export interface Read {
  readonly commands: readonly (readonly string[])[];
  /** The bytes of a command that has not come whole. */
  readonly rest: string;
  /** So long it has to be before there is more to read of it. Default: any byte may end it. */
  readonly wholeBytes?: number;
  /** The stream makes no sense: nothing more is read of it. */
  readonly fault?: string;
}

export const ok = { status: "OK" } as const;
const bulkBytesMax = 4 * 1024 * 1024;
/** Of a line of words, and of a whole command. */
const [inlineBytesMax, commandBytesMax] = [64 * 1024, 16 * 1024 * 1024];

/** Reads commands: arrays of bulk strings, or words on a line. Source: redis.io, "Redis serialization protocol". */
export function readCommands(bytes: string): Read {
  const commands: string[][] = [];
  let rest = bytes;
  let wholeBytes = 0;
  while (rest !== "") {
    const end = rest.indexOf("\r\n");
    const line = end < 0 ? rest.indexOf("\n") : end;
    if (line < 0) {
      const what = rest.startsWith("*") ? "mbulk count string" : "inline request";
      if (rest.length > inlineBytesMax) return { commands, rest: "", fault: `Protocol error: too big ${what}` };
      break;
    }
    const width = end < 0 ? 1 : 2;
    if (!rest.startsWith("*")) {
      const words = rest
        .slice(0, line)
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "");
      if (words.length > 0) commands.push(words);
      rest = rest.slice(line + width);
      continue;
    }
    const count = Number(rest.slice(1, line));
    if (!Number.isInteger(count) || count > 1_000_000)
      return { commands, rest: "", fault: "Protocol error: invalid multibulk length" };
    let at = line + 2;
    const words: string[] = [];
    for (; words.length < count; ) {
      const next = rest.indexOf("\r\n", at);
      if (next < 0) break;
      const size = Number(rest.slice(at + 1, next));
      if (rest[at] !== "$") return { commands, rest: "", fault: `Protocol error: expected '$', got '${rest[at]}'` };
      if (!Number.isInteger(size) || size < 0 || size > bulkBytesMax)
        return { commands, rest: "", fault: "Protocol error: invalid bulk length" };
      wholeBytes = next + 2 + size + 2;
      if (rest.length < wholeBytes) break;
      words.push(rest.slice(next + 2, next + 2 + size));
      at = next + 2 + size + 2;
    }
    if (words.length < count && rest.length > commandBytesMax)
      return { commands, rest: "", fault: "Protocol error: the command is too long for this server" };
    if (words.length < count) break;
    if (words.length > 0) commands.push(words);
    rest = rest.slice(at);
    wholeBytes = 0;
  }
  return rest.length < wholeBytes ? { commands, rest, wholeBytes } : { commands, rest };
}

/** A command as it is sent. */
export function commandText(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

/** An answer as it is sent. */
export function replyText(reply: Reply): string {
  if (reply === null) return "$-1\r\n";
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  if ("status" in reply) return `+${reply.status}\r\n`;
  if ("error" in reply) return `-${reply.error}\r\n`;
  return `*${reply.length}\r\n${reply.map(replyText).join("")}`;
}

/** Reads one answer; `undefined` when it has not come whole. */
export function readReply(bytes: string, from = 0): { readonly reply: Reply; readonly end: number } | undefined {
  const line = bytes.indexOf("\r\n", from);
  if (line < 0) return undefined;
  const kind = bytes[from];
  const text = bytes.slice(from + 1, line);
  const after = line + 2;
  if (kind === "+") return { reply: { status: text }, end: after };
  if (kind === "-") return { reply: { error: text }, end: after };
  if (kind === ":") return { reply: Number(text), end: after };
  const size = Number(text);
  if (size < 0) return { reply: null, end: after };
  if (kind === "$")
    return bytes.length < after + size + 2
      ? undefined
      : { reply: bytes.slice(after, after + size), end: after + size + 2 };
  const replies: Reply[] = [];
  let at = after;
  while (replies.length < size) {
    const next = readReply(bytes, at);
    if (!next) return undefined;
    replies.push(next.reply);
    at = next.end;
  }
  return { reply: replies, end: at };
}
