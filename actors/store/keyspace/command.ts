import { type FieldReader, numberField, readFields, textField } from "../log/fields.ts";
import type { Compare, LeaseId, LeaseRequest, Operation } from "../messages.ts";

/** What a log entry tells the keyspace to do; `origin` and `id` find the client that waits for it. */
export type Command =
  /** A new leader's first entry: the quota that it was started with holds for all. */
  | { readonly kind: "begin"; readonly quotaBytes: number }
  /** A leader's clock: see `Leases`. */
  | { readonly kind: "clock"; readonly clockMs: number }
  | (Origin & {
      readonly kind: "txn";
      readonly compare: readonly Compare[];
      readonly success: readonly Operation[];
      readonly failure: readonly Operation[];
    })
  | (Origin & { readonly kind: "compact"; readonly revision: number })
  | LeaseCommand;

/** Changes a lease. */
export type LeaseCommand = Origin & {
  readonly kind: "lease";
  readonly action: LeaseRequest["action"];
  readonly lease: LeaseId;
  /** A grant's; 0 of the others. */
  readonly ttlSeconds: number;
};

/** Who waits for a command. */
interface Origin {
  /** The place in the group of the replica that was asked. */
  readonly origin: number;
  /** Names the life of that replica: its next one counts its ids anew. */
  readonly life: string;
  readonly id: number;
}

/** Whether a command's text is that with which leaders begin. */
export function isBegin(text: string): boolean {
  return text.startsWith("N");
}

/** A command as text. */
export function encodeCommand(command: Command): string {
  switch (command.kind) {
    case "begin":
      return `N${numberField(command.quotaBytes)}`;
    case "clock":
      return `K${numberField(command.clockMs)}`;
    case "lease": {
      const { action, lease, ttlSeconds } = command;
      return `L${encodeOrigin(command)}${actions[action]}${textField(lease)}${numberField(ttlSeconds)}`;
    }
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
    case "K":
      return { kind: "clock", clockMs: reader.number() };
    case "L": {
      const origin = decodeOrigin(reader);
      const action = actionOf[reader.letter() as keyof typeof actionOf];
      return { kind: "lease", ...origin, action, lease: reader.text(), ttlSeconds: reader.number() };
    }
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

const targets = { mod: "m", create: "c", version: "v", value: "x", lease: "l" } as const;
const targetOf = { m: "mod", c: "create", v: "version", x: "value", l: "lease" } as const;
const results = { equal: "=", greater: ">", less: "<", notEqual: "!" } as const;
const resultOf = { "=": "equal", ">": "greater", "<": "less", "!": "notEqual" } as const;

const actions = { grant: "g", revoke: "r", renew: "n" } as const;
const actionOf = { g: "grant", r: "revoke", n: "renew" } as const;
const keeps = { value: "v", lease: "l", both: "b" } as const;
const keepOf = { v: "value", l: "lease", b: "both" } as const;

function encodeOrigin({ origin, life, id }: Origin): string {
  return numberField(origin) + textField(life) + numberField(id);
}

function decodeOrigin(reader: FieldReader): Origin {
  return { origin: reader.number(), life: reader.text(), id: reader.number() };
}

/** A compare of a range begins with `*` and its end. */
function encodeCompare({ key, end, target, result, value }: Compare): string {
  const field = typeof value === "number" ? `n${numberField(value)}` : `t${textField(value)}`;
  return (end === undefined ? "" : `*${textField(end)}`) + targets[target] + results[result] + textField(key) + field;
}

function decodeCompare(reader: FieldReader): Compare {
  const first = reader.letter();
  const end = first === "*" ? { end: reader.text() } : {};
  const target = targetOf[(first === "*" ? reader.letter() : first) as keyof typeof targetOf];
  const result = resultOf[reader.letter() as keyof typeof resultOf];
  const key = reader.text();
  return { key, ...end, target, result, value: reader.letter() === "n" ? reader.number() : reader.text() };
}

function encodeOperations(operations: readonly Operation[]): string {
  let text = numberField(operations.length);
  for (const each of operations) text += encodeOperation(each);
  return text;
}

/** What most operations have not got has letters of its own: what is written the most stays as short as it was. */
function encodeOperation(operation: Operation): string {
  switch (operation.op) {
    case "put": {
      const { key, value, lease, keep, previous } = operation;
      const plain = textField(key) + textField(value);
      if (lease === undefined && keep === undefined && previous === undefined) return `p${plain}`;
      return `P${plain}${textField(lease ?? "")}${keep ? keeps[keep] : "-"}${previous ? "p" : "-"}`;
    }
    case "delete":
      return `d${textField(operation.key)}${encodeEnd(operation.end)}`;
    case "range": {
      const { key, end, revision } = operation;
      const plain = textField(key) + encodeEnd(end);
      return revision === undefined ? `r${plain}` : `R${plain}${numberField(revision)}`;
    }
    case "txn": {
      const { compare, success, failure } = operation;
      const compares = numberField(compare.length) + compare.map(encodeCompare).join("");
      return `t${compares}${encodeOperations(success)}${encodeOperations(failure)}`;
    }
  }
}

function decodeOperation(reader: FieldReader): Operation {
  const op = reader.letter();
  if (op === "t") {
    const compare = decodeList(reader, decodeCompare);
    const success = decodeList(reader, decodeOperation);
    return { op: "txn", compare, success, failure: decodeList(reader, decodeOperation) };
  }
  const key = reader.text();
  if (op === "p") return { op: "put", key, value: reader.text() };
  if (op === "P") return { op: "put", key, value: reader.text(), ...decodePutOptions(reader) };
  const end = reader.letter() === "e" ? { end: reader.text() } : {};
  if (op === "d") return { op: "delete", key, ...end };
  return op === "r" ? { op: "range", key, ...end } : { op: "range", key, ...end, revision: reader.number() };
}

function decodePutOptions(reader: FieldReader) {
  const lease = reader.text();
  const keep = keepOf[reader.letter() as keyof typeof keepOf] as (typeof keepOf)[keyof typeof keepOf] | undefined;
  const previous = reader.letter() === "p";
  return {
    ...(lease === "" ? {} : { lease }),
    ...(keep === undefined ? {} : { keep }),
    ...(previous ? { previous } : {}),
  };
}

function encodeEnd(end: string | undefined): string {
  return end === undefined ? "1" : `e${textField(end)}`;
}

function decodeList<Item>(reader: FieldReader, decode: (reader: FieldReader) => Item): Item[] {
  const items: Item[] = [];
  for (let left = reader.number(); left > 0; left--) items.push(decode(reader));
  return items;
}
