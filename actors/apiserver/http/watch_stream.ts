import type { NetAnswer, NetRequest, Step } from "../../../runtime/mod.ts";
import { decode } from "../../api/codec.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { bytesText, encodeProtobuf, encodeWatchEvent } from "../../api/protobuf_encode.ts";
import type { Fields } from "../../api/types.ts";
import { removeWatcher, resumeWatcher, type WatchSink } from "../cache/watchers.ts";
import type { WatchEvent } from "../messages.ts";
import {
  type Encoding,
  mediaTypes,
  type PartialShape,
  partialOf,
  type Representation,
  type TableShape,
} from "../requests/representation.ts";
import type { Server } from "../server.ts";
import { tableText } from "../tables/printing/table.ts";
import type { Exchange, Exchanges } from "./exchanges.ts";
import { type Marks, marksOf, openHttp } from "./respond.ts";

/** How much is written at once, and then no more before the client has taken nearly all of it. */
const pieceCharsMax = 64 * 1024;
/** What may wait for a client while more is written to it. More than any system's own high-water mark. */
const heldBytesMin = 128 * 1024;

const protobufWatchType = `${mediaTypes.protobuf};stream=watch`;

/** The name of an exchange's watch. */
export const sinkName = (exchange: number) => `exchange ${exchange}`;

/** What a watch over HTTP shows, and how. */
export interface WatchStream extends Marks {
  readonly exchange: number;
  readonly kind: KindDefinition | undefined;
  readonly representation: Representation;
  readonly encoding: Encoding;
}

/** Opens the response of a watch: one line of JSON for each event, or a message behind its length. */
export function openWatchStream(server: Server, step: Step, stream: WatchStream): WatchSink {
  const { exchange, kind, representation, encoding } = stream;
  const { exchanges } = server;
  const isBinary = encoding === "protobuf";
  openHttp(step, { ...marksOf(stream), exchange, isBinary, ...(isBinary ? { contentType: protobufWatchType } : {}) });
  const open: Exchange = { sink: sinkName(exchange), waitingBytes: 0, isWriting: false };
  exchanges.open.set(exchange, open);
  // Only the first table of a stream says what its columns are.
  let isFirst = true;
  const line = (event: WatchEvent, nowMs: number) => {
    if (representation === "object" && isBinary) return sharedFrame(event);
    const isShaped = representation !== "object" && kind && event.type !== "ERROR";
    const object = isShaped ? shapedEvent(representation, event, { kind, nowMs, isFirst }) : event.object;
    if (event.type !== "ERROR") isFirst = false;
    return isBinary ? frameOf(event.type, object) : `{"type":"${event.type}","object":${object}}\n`;
  };
  return {
    name: sinkName(exchange),
    owner: sinkName(exchange),
    pieceCharsMax,
    isReady: () => !open.isWriting && open.waitingBytes < heldBytesMin,
    waitingBytes: () => open.waitingBytes,
    send(events, later) {
      if (events.length === 0) return;
      const chunk = events.map((event) => line(event, later.nowMs)).join("");
      const request: NetRequest = { op: "write", exchange, chunk };
      open.isWriting = true;
      open.waitingBytes += chunk.length;
      exchanges.asks.wait<NetAnswer>(later.device("net", request), (answer, when) => {
        // That the client is gone is told by itself.
        if (answer.ok && answer.value.ok) goOn(server, exchange, answer.value.bufferedBytes ?? 0, when);
      });
    },
    // What a client that stands still has not taken would wait for ever.
    close: (later) => finish(exchanges, later, { op: open.waitingBytes < heldBytesMin ? "end" : "abort", exchange }),
    abort: (later) => finish(exchanges, later, { op: "abort", exchange }),
  };
}

function finish(exchanges: Exchanges, step: Step, request: NetRequest & { readonly op: "end" | "abort" }) {
  exchanges.open.delete(request.exchange);
  step.device("net", request);
}

/** What is told in protocol buffers to many watches is encoded once. */
const frames = new WeakMap<WatchEvent, string>();

function sharedFrame(event: WatchEvent): string {
  let frame = frames.get(event);
  if (frame === undefined) {
    frame = frameOf(event.type, event.object);
    frames.set(event, frame);
  }
  return frame;
}

/** An event in protocol buffers; what has no message there is told as nothing, and was not agreed on. */
function frameOf(type: WatchEvent["type"], text: string): string {
  const bytes = encodeProtobuf(decode(text) as unknown as Fields);
  return bytes === undefined ? "" : bytesText(encodeWatchEvent(type, bytes));
}

interface ShapedEvent {
  readonly kind: KindDefinition;
  readonly nowMs: number;
  readonly isFirst: boolean;
}

function shapedEvent(
  shape: TableShape | PartialShape,
  event: WatchEvent,
  { kind, nowMs, isFirst }: ShapedEvent,
): string {
  const object = decode(event.object);
  if (shape.shape === "partial") return JSON.stringify(partialOf(shape, object));
  const { includeObject, version } = shape;
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
  const table = { kind, nowMs, includeObject, metadata, version };
  if (event.type === "BOOKMARK") return tableText({ ...table, objects: [], columns: false, bookmark: object });
  return tableText({ ...table, objects: [object], columns: isFirst });
}

/** A client has taken what waited for it. */
export function takeWatchDrained(server: Server, exchange: number, step: Step): void {
  goOn(server, exchange, 0, step);
}

function goOn({ exchanges, watchers }: Server, exchange: number, waitingBytes: number, step: Step) {
  const open = exchanges.open.get(exchange);
  const watcher = open && watchers.byName.get(open.sink);
  if (!open || !watcher) return;
  const waitedBytes = open.waitingBytes;
  open.waitingBytes = waitingBytes;
  open.isWriting = false;
  resumeWatcher(watchers, watcher, waitedBytes, step);
}

/** Forgets the watch of a client that is gone. */
export function takeClosed(server: Server, exchange: number): void {
  const open = server.exchanges.open.get(exchange);
  if (!open) return;
  server.exchanges.open.delete(exchange);
  const watcher = server.watchers.byName.get(open.sink);
  if (watcher) removeWatcher(server.watchers, watcher);
}
