import { type FieldReader, numberField, readFields, textField } from "../log/fields.ts";
import type { Compare, Operation } from "../messages.ts";

/** What a log entry tells the keyspace to do; `origin` and `id` find the client that waits for it. */
export type Command =
  /** A new leader's first entry: the quota that it was started with holds for all. */
  | { readonly kind: "begin"; readonly quotaBytes: number }
  | {
      readonly kind: "txn";
      /** The place in the group of the replica that was asked. */
      readonly origin: number;
      /** Names the life of that replica: its next one counts its ids anew. */
      readonly life: string;
      readonly id: number;
      readonly compare: readonly Compare[];
      readonly success: readonly Operation[];
      readonly failure: readonly Operation[];
    }
  | {
      readonly kind: "compact";
      readonly origin: number;
      readonly life: string;
      readonly id: number;
      readonly revision: number;
    };

/** Whether a command's text is that with which leaders begin. */
export function isBegin(text: string): boolean {
  return text.startsWith("N");
}

/** A command as text. */
export function encodeCommand(command: Command): string {
  switch (command.kind) {
    case "begin":
      return `N${numberField(command.quotaBytes)}`;
    case "compact":
      return `C${encodeOrigin(command)}${numberField(command.revision)}`;
    case "txn": {
      let text = `T${encodeOrigin(command)}${numberField(command.compare.length)}`;
      for (const compare of command.compare) text += encodeCompare(compare);
      return text + encodeOperations(command.success) + encodeOperations(command.failure);
    }
  }
}

/**
 * Reads a command.
 *
 * @throws Error when the text is no command
 */
export function decodeCommand(text: string): Command {
  const reader = readFields(text);
  const kind = reader.letter();
  switch (kind) {
    case "N":
      // A log of before there were quotas has none.
      return { kind: "begin", quotaBytes: reader.ended() ? 0 : reader.number() };
    case "C":
      return { kind: "compact", ...decodeOrigin(reader), revision: reader.number() };
    case "T":
      return {
        kind: "txn",
        ...decodeOrigin(reader),
        compare: decodeList(reader, decodeCompare),
        success: decodeList(reader, decodeOperation),
        failure: decodeList(reader, decodeOperation),
      };
    default:
      throw new Error(`Cannot read a log entry: "${kind}" is no command, use replicas of one version`);
  }
}

const targets = { mod: "m", create: "c", version: "v", value: "x" } as const;
const targetOf = { m: "mod", c: "create", v: "version", x: "value" } as const;
const results = { equal: "=", greater: ">", less: "<", notEqual: "!" } as const;
const resultOf = { "=": "equal", ">": "greater", "<": "less", "!": "notEqual" } as const;

interface Origin {
  readonly origin: number;
  readonly life: string;
  readonly id: number;
}

function encodeOrigin({ origin, life, id }: Origin): string {
  return numberField(origin) + textField(life) + numberField(id);
}

function decodeOrigin(reader: FieldReader): Origin {
  return { origin: reader.number(), life: reader.text(), id: reader.number() };
}

function encodeCompare({ key, target, result, value }: Compare): string {
  const field = typeof value === "number" ? `n${numberField(value)}` : `t${textField(value)}`;
  return targets[target] + results[result] + textField(key) + field;
}

function decodeCompare(reader: FieldReader): Compare {
  const target = targetOf[reader.letter() as keyof typeof targetOf];
  const result = resultOf[reader.letter() as keyof typeof resultOf];
  const key = reader.text();
  return { key, target, result, value: reader.letter() === "n" ? reader.number() : reader.text() };
}

function encodeOperations(operations: readonly Operation[]): string {
  let text = numberField(operations.length);
  for (const each of operations) {
    if (each.op === "put") text += `p${textField(each.key)}${textField(each.value)}`;
    else text += (each.op === "delete" ? "d" : "r") + textField(each.key) + encodeEnd(each.end);
  }
  return text;
}

function decodeOperation(reader: FieldReader): Operation {
  const op = reader.letter();
  const key = reader.text();
  if (op === "p") return { op: "put", key, value: reader.text() };
  const end = reader.letter() === "e" ? { end: reader.text() } : {};
  return op === "d" ? { op: "delete", key, ...end } : { op: "range", key, ...end };
}

function encodeEnd(end: string | undefined): string {
  return end === undefined ? "1" : `e${textField(end)}`;
}

function decodeList<Item>(reader: FieldReader, decode: (reader: FieldReader) => Item): Item[] {
  const items: Item[] = [];
  for (let left = reader.number(); left > 0; left--) items.push(decode(reader));
  return items;
}
