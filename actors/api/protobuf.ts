/**
 * Objects in Kubernetes' protocol buffers, as clients written in Go send them, to the objects that the same clients
 * would send as JSON.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { failed, ok, type Result } from "../kit/result.ts";
import { readMessage } from "./protobuf_message.ts";
import {
  ProtobufError,
  type Reader,
  readerOf,
  readFields,
  readPart,
  skipValue,
  textOf,
  wireTypes,
} from "./protobuf_reader.ts";
import { messageOfKind, type TypeMeta } from "./schema/protobuf_kinds.ts";
import type { Fields } from "./types.ts";

/** The media type of such bodies. */
export const protobufType = "application/vnd.kubernetes.protobuf";

/** `k8s` and a zero byte: what every encoded object begins with. */
const magic = [0x6b, 0x38, 0x73, 0];

/** The object that bytes encode, with its apiVersion and kind, or what is wrong in a server's words. `expected` is what the request is about: what the bytes are if they do not say. */
export function decodeProtobuf(bytes: Uint8Array, expected: TypeMeta): Result<Fields, string> {
  let type = expected;
  let isKnown = false;
  try {
    const envelope = readEnvelope(bytes);
    const { apiVersion, kind } = envelope;
    type = { apiVersion: apiVersion || expected.apiVersion, kind: kind || expected.kind };
    isKnown = kind !== "";
    const message = messageOfKind(type);
    if (message === undefined) {
      const version = JSON.stringify(type.apiVersion);
      throw new ProtobufError(`no kind "${type.kind}" is registered for version ${version}`);
    }
    const object: Fields = { kind: type.kind, apiVersion: type.apiVersion };
    readMessage(envelope.raw, message, object);
    return ok(object);
  } catch (thrown) {
    if (!(thrown instanceof ProtobufError)) throw thrown;
    const { message } = thrown;
    if (!isKnown) {
      const what = `the object provided is unrecognized (must be of type ${expected.kind})`;
      return failed(`${what}: ${message} (${summaryOf(bytes)})`);
    }
    const version = type.apiVersion.slice(type.apiVersion.indexOf("/") + 1);
    return failed(`${type.kind} in version "${version}" cannot be handled as a ${expected.kind}: ${message}`);
  }
}

interface Envelope extends TypeMeta {
  readonly raw: Reader;
}

/** Reads a `runtime.Unknown`: a type, and the bytes of an object of it. */
function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError("empty data");
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufError(
      `provided data does not appear to be a protobuf message, expected prefix [${magic.join(" ")}]`,
    );
  }
  const reader = readerOf(bytes.subarray(magic.length));
  let [apiVersion, kind, raw] = ["", "", readerOf(new Uint8Array())];
  readFields(reader, (number, wireType) => {
    if (wireType !== wireTypes.bytes || number > 2) skipValue(reader, wireType);
    else if (number === 2) raw = readPart(reader);
    else readType(readPart(reader));
  });

  function readType(part: Reader): void {
    readFields(part, (number, wireType) => {
      if (wireType !== wireTypes.bytes || number > 2) skipValue(part, wireType);
      else if (number === 1) apiVersion = textOf(readPart(part));
      else kind = textOf(readPart(part));
    });
  }

  return { apiVersion, kind, raw };
}

const summaryBytesMax = 30;

/** The first bytes in hexadecimal, as a server shows what it cannot read. */
function summaryOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "<empty>";
  const shown = [...bytes.subarray(0, summaryBytesMax)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > summaryBytesMax ? `${shown} ...` : shown;
}
