import type { Step } from "../../../runtime/mod.ts";
import { decode } from "../../api/codec.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { bytesText, encodeListHead, encodeListItem, listTail } from "../../api/protobuf_encode.ts";
import { listedMessage } from "../../api/schema/protobuf_kinds.ts";
import { notAcceptableText } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { yamlItem, yamlText } from "../../api/yaml_text.ts";
import { type Item, shownObject, textFor } from "../storage/item.ts";
import type { ClientSide } from "../streams/client_side.ts";
import { tableText } from "../tables/printing/table.ts";
import { type Call, managedFor, respondStatus, respondText } from "./call.ts";
import { type ListType, listTypeOf, mediaTypes, type PartialShape, partialOf } from "./representation.ts";

/** What a list says of itself. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A list that was found. */
export interface FoundList {
  readonly items: readonly Item[];
  readonly metadata: ListMetadata;
}

/** A longer list goes out in pieces, of so much or of one item. */
const wholeCharsMax = 1024 * 1024;
const pieceCharsMin = 64 * 1024;
/** A client has to have taken its answer by then, as in Kubernetes. */
const answerMsMax = 60_000;

/** Answers with a list; the items' texts are joined as they are. */
export function respondList(call: Call, step: Step, list: FoundList) {
  const { kind, representation, encoding = "json" } = call;
  const { items, metadata } = list;
  if (representation !== "object" && representation.shape === "table") {
    const { includeObject, version } = representation;
    const objects = items.map((item) => shownObject(kind, item));
    const body = tableText({ kind, objects, nowMs: step.nowMs, includeObject, metadata, version });
    return respondText(call, step, { code: 200, body });
  }
  if (representation !== "object" && !representation.isList) {
    const text = `you requested PartialObjectMetadata, but the requested object is a list (*${kind.version}.${kind.listKind})`;
    return respondStatus(call, step, notAcceptableText(text));
  }
  const shape = { kind, representation, type: listTypeOf(representation, kind) };
  const managed = managedFor(call);
  const isShort = items.reduce((sum, { text }) => sum + text.length, 0) <= wholeCharsMax;
  if (encoding !== "json") {
    const pieces = encoding === "yaml" ? yamlPieces(shape, list) : protobufPieces(shape, list, isShort);
    if (call.client && !isShort) return respondPieces(call, step, { client: call.client, pieces });
    return respondText(call, step, { code: 200, body: [...pieces].join(""), encoded: true });
  }
  const pieces = jsonPieces(shape, list);
  if (isShort && managed === "shown") return respondText(call, step, { code: 200, body: [...pieces].join("") });
  if (call.client) return respondPieces(call, step, { client: call.client, pieces });
  const [body = ""] = jsonPieces(shape, { items: [], metadata });
  respondText(call, step, { code: 200, body, items: items.map((item) => textFor(kind, item, managed)) });
}

interface ListShape {
  readonly kind: KindDefinition;
  readonly representation: "object" | PartialShape;
  readonly type: ListType;
}

function itemText({ kind, representation }: ListShape, item: Item): string {
  if (representation === "object") return textFor(kind, item, "shown");
  return JSON.stringify(partialOf(representation, shownObject(kind, item)));
}

function* jsonPieces(shape: ListShape, { items, metadata }: FoundList): Generator<string> {
  const { kind, apiVersion } = shape.type;
  let piece = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  for (const [index, item] of items.entries()) {
    if (index > 0) piece += ",";
    const text = itemText(shape, item);
    if (piece.length + text.length < pieceCharsMin) {
      piece += text;
      continue;
    }
    yield piece;
    piece = text;
    if (text.length < pieceCharsMin) continue;
    // As it is: joined to others, all of it would be copied for each client.
    yield text;
    piece = "";
  }
  yield `${piece}]}`;
}

/** The object of an item; one that nobody has looked at is not kept for having been written once. */
function passingObject({ kind, representation }: ListShape, item: Item): Frozen<KubeObject> {
  const object = shownObject(kind, { ...item, object: item.object ?? decode(item.text) });
  return representation === "object" ? object : partialOf(representation, object);
}

function* yamlPieces(shape: ListShape, { items, metadata }: FoundList): Generator<string> {
  const { apiVersion, kind } = shape.type;
  let piece = `apiVersion: ${apiVersion}\nitems:${items.length === 0 ? " []" : ""}\n`;
  for (const item of items) {
    piece += yamlItem(passingObject(shape, item));
    if (piece.length < pieceCharsMin) continue;
    yield piece;
    piece = "";
  }
  yield piece + yamlText({ kind, metadata });
}

/** How long all items are has to be known before the first: those of a long list are written twice, and not kept. */
function* protobufPieces(shape: ListShape, { items, metadata }: FoundList, isShort: boolean): Generator<string> {
  const message = listedMessage(shape.type);
  if (message === undefined) return;
  const bytesOf = (item: Item): Uint8Array =>
    encodeListItem(message, passingObject(shape, item) as unknown as Readonly<Record<string, unknown>>);
  const kept = isShort ? items.map(bytesOf) : undefined;
  let itemsBytes = 0;
  for (const [index, item] of items.entries()) itemsBytes += (kept?.[index] ?? bytesOf(item)).length;
  let piece = bytesText(encodeListHead(shape.type, metadata, itemsBytes));
  for (const [index, item] of items.entries()) {
    piece += bytesText(kept?.[index] ?? bytesOf(item));
    if (piece.length < pieceCharsMin) continue;
    yield piece;
    piece = "";
  }
  yield piece + bytesText(listTail);
}

/** Answers in pieces, each made when the client has taken the one before: nothing of this size ever is in memory twice. */
function respondPieces(
  call: Call,
  step: Step,
  { client, pieces }: { readonly client: ClientSide; readonly pieces: Iterator<string> },
) {
  const { encoding = "json" } = call;
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    call.release();
  };
  const out = client.openText(step, over, {
    contentType: mediaTypes[encoding],
    warnings: call.warnings,
    withinMs: answerMsMax,
    isBinary: encoding === "protobuf",
    mayCompress: true,
  });
  const next = (later: Step) => {
    if (isOver) return;
    const { done, value } = pieces.next();
    if (!done) return out.write(value, later, next);
    // As every answer in JSON ends; one of this length is not laid out, even for a person.
    if (encoding === "json") out.write("\n", later, () => {});
    out.end(later);
    over();
  };
  next(step);
}
