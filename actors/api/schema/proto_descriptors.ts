/**
 * What a kubectl binary knows of the API's protocol buffers: its own descriptors of every message, and the struct tags
 * by which Go writes the same types as JSON. Only `generate.ts` uses it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";

/** The types of `google.protobuf.FieldDescriptorProto`, as far as the API uses them. */
export const protoTypes = { double: 1, int64: 3, int32: 5, boolean: 8, string: 9, message: 11, bytes: 12 } as const;

/** One field of a message. */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly type: number;
  readonly repeated: boolean;
  /** The message that it holds, named as the schema names definitions; empty for scalars. */
  readonly message: string;
  /** Whether Go has a pointer, so that an absent value is told from a zero. */
  readonly pointer: boolean;
}

/** All messages of one API, and how Go's JSON treats their zero values. */
export interface ProtoDescriptors {
  readonly messages: ReadonlyMap<string, readonly ProtoField[]>;
  /** Whether JSON has a field when it is zero; undefined when the binary has tags that say either. */
  writesZero(field: ProtoField): boolean | undefined;
}

const cache = "node_modules/.cache/kubetroupe";

/** Where a kubectl is: `TROUPE_KUBECTL`, or the one that the tests have unpacked. */
export function kubectlFile(): string {
  const given = process.env.TROUPE_KUBECTL;
  if (given !== undefined && given !== "") return given;
  const found = existsSync(cache) ? readdirSync(cache).find((name) => /^kubectl-[0-9a-f]{8}$/.test(name)) : undefined;
  if (found === undefined) {
    throw new Error(
      `Finding kubectl: ${cache} has none, run its test (properties/stages/kubectl_test.ts) once or set TROUPE_KUBECTL`,
    );
  }
  return join(cache, found);
}

/** Reads a kubectl: the descriptors are in it as gzip streams, one for each `generated.proto`. */
export function readDescriptors(file: string): ProtoDescriptors {
  const binary = readFileSync(file);
  const messages = new Map<string, ProtoField[]>();
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  for (let at = binary.indexOf(head); at >= 0; at = binary.indexOf(head, at + 1)) {
    const descriptor = inflated(binary.subarray(at + 10, at + 400_000));
    if (descriptor !== undefined) readFile(descriptor, messages);
  }
  const zeros = readTags(binary.toString("latin1"));
  return { messages, writesZero: (field) => zeros.get(`${field.name} ${field.number}`) };
}

/** What a stream that may have anything behind it holds; undefined if the bytes only look like one. */
function inflated(bytes: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(bytes);
  } catch {
    return undefined;
  }
}

function readFile(descriptor: Buffer, messages: Map<string, ProtoField[]>): void {
  if (descriptor[0] !== 0x0a) return;
  const entries = [...entriesOf(descriptor)];
  if (!textOf(entries, 1).endsWith("generated.proto")) return;
  const scope = `.${textOf(entries, 2)}`;
  for (const entry of all(entries, 4)) readMessage(entry, scope, messages);
}

function readMessage(bytes: Buffer, scope: string, messages: Map<string, ProtoField[]>): void {
  const entries = [...entriesOf(bytes)];
  const name = `${scope}.${textOf(entries, 1)}`;
  messages.set(
    definitionName(name),
    all(entries, 2).map((field) => readField([...entriesOf(field)])),
  );
  for (const nested of all(entries, 3)) readMessage(nested, name, messages);
}

const repeatedLabel = 3;
/** The number of `gogoproto.nullable` among a field's options. */
const nullableOption = 65001;

function readField(entries: readonly Entry[]): ProtoField {
  const options = all(entries, 8).flatMap((bytes) => [...entriesOf(bytes)]);
  return {
    name: textOf(entries, 1),
    number: numberOf(entries, 3),
    type: numberOf(entries, 5),
    repeated: numberOf(entries, 4) === repeatedLabel,
    message: definitionName(textOf(entries, 6)),
    pointer: !options.some(({ number, value }) => number === nullableOption && value === 0),
  };
}

/** `.k8s.io.api.core.v1.Pod` is the schema's `io.k8s.api.core.v1.Pod`. */
function definitionName(message: string): string {
  return message.replace(/^\.?k8s\.io\./, "io.k8s.");
}

interface Entry {
  readonly number: number;
  readonly value: number | Buffer;
}

/** The fields of a descriptor, which has only numbers and bytes. */
function* entriesOf(bytes: Buffer): Generator<Entry> {
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    const number = tag >>> 3;
    if (tag % 8 === 0) {
      yield { number, value: length };
      continue;
    }
    yield { number, value: bytes.subarray(at, at + length) };
    at += length;
  }
}

function all(entries: readonly Entry[], number: number): Buffer[] {
  return entries.flatMap((entry) => (entry.number === number && typeof entry.value !== "number" ? [entry.value] : []));
}

function textOf(entries: readonly Entry[], number: number): string {
  return all(entries, number)[0]?.toString("utf8") ?? "";
}

function numberOf(entries: readonly Entry[], number: number): number {
  const value = entries.find((entry) => entry.number === number)?.value;
  return typeof value === "number" ? value : 0;
}

/** The struct tags of the binary: whether JSON writes the zero of what is field so and so of a message. */
function readTags(text: string): Map<string, boolean | undefined> {
  const zeros = new Map<string, boolean | undefined>();
  const tags = text.matchAll(/json:"[\w$]*((?:,\w+)*)"(?: \w+:"[^"]*")* protobuf:"\w+,(\d+),\w+,name=(\w+)/g);
  for (const [, flags = "", number = "", name = ""] of tags) {
    const key = `${name} ${number}`;
    const writes = !flags.includes("omitempty");
    zeros.set(key, zeros.has(key) && zeros.get(key) !== writes ? undefined : writes);
  }
  return zeros;
}
