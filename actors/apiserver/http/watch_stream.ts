import type { NetAnswer, NetRequest, ReplyEvent, Step } from "../../../runtime/mod.ts";
import { decode } from "../../api/codec.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { closeWatcher, removeWatcher, type WatchSink } from "../cache/watchers.ts";
import type { WatchEvent } from "../messages.ts";
import { tableText } from "../printing/table.ts";
import type { Representation } from "../requests/call.ts";
import type { Server } from "../server.ts";
import { openHttp } from "./respond.ts";

/** A client that has this much waiting for it is too slow: its watch ends, it may come back. */
const bufferedBytesMax = 16 * 1024 * 1024;

/** The name of an exchange's watch. */
export const sinkName = (exchange: number) => `exchange ${exchange}`;

/** What a watch over HTTP shows, and how. */
export interface WatchStream {
  readonly exchange: number;
  readonly kind: KindDefinition | undefined;
  readonly representation: Representation;
}

/** Opens the response of a watch: one line of JSON for each event. */
export function openWatchStream(
  server: Server,
  step: Step,
  { exchange, kind, representation }: WatchStream,
): WatchSink {
  const { exchanges } = server;
  const isTable = representation !== "object";
  openHttp(step, exchange, isTable ? "application/json;as=Table;v=v1;g=meta.k8s.io" : "application/json");
  exchanges.open.set(exchange, { sink: sinkName(exchange), bufferedBytes: 0 });
  // Only the first table of a stream says what its columns are.
  let isFirst = true;
  const line = (event: WatchEvent, nowMs: number) => {
    const shown =
      isTable && kind
        ? tableEvent(kind, event, { includeObject: representation.includeObject, nowMs, isFirst })
        : event.object;
    if (event.type !== "ERROR") isFirst = false;
    return `{"type":"${event.type}","object":${shown}}\n`;
  };
  return {
    name: sinkName(exchange),
    owner: sinkName(exchange),
    heartbeats: false,
    send(events, later) {
      if (events.length === 0) return;
      const request: NetRequest = {
        op: "write",
        exchange,
        chunk: events.map((event) => line(event, later.nowMs)).join(""),
      };
      exchanges.writes.set(later.device("net", request), exchange);
    },
    close(later) {
      exchanges.open.delete(exchange);
      const request: NetRequest = { op: "end", exchange };
      later.device("net", request);
    },
  };
}

interface TableEvent {
  readonly includeObject: "None" | "Metadata" | "Object";
  readonly nowMs: number;
  readonly isFirst: boolean;
}

function tableEvent(kind: KindDefinition, event: WatchEvent, { includeObject, nowMs, isFirst }: TableEvent): string {
  if (event.type === "ERROR") return event.object;
  const object = decode(event.object);
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
  const objects = event.type === "BOOKMARK" ? [] : [object];
  if (event.type === "BOOKMARK")
    return tableText({ kind, objects, nowMs, includeObject, metadata, columns: false, bookmark: object });
  return tableText({ kind, objects, nowMs, includeObject, metadata, columns: isFirst });
}

/** Takes the device's word on a write; false when the reply is about something else. */
export function takeWritten(server: Server, { ask, body }: ReplyEvent, step: Step): boolean {
  const { exchanges, watchers } = server;
  const exchange = exchanges.writes.get(ask);
  if (exchange === undefined) return false;
  exchanges.writes.delete(ask);
  const open = exchanges.open.get(exchange);
  const answer = body as NetAnswer;
  if (!open) return true;
  open.bufferedBytes = answer.ok ? (answer.bufferedBytes ?? 0) : Number.POSITIVE_INFINITY;
  const watcher = open.bufferedBytes > bufferedBytesMax ? watchers.byName.get(open.sink) : undefined;
  if (watcher) closeWatcher(watchers, watcher, step);
  return true;
}

/** Forgets the watch of a client that is gone. */
export function takeClosed(server: Server, exchange: number): void {
  const open = server.exchanges.open.get(exchange);
  if (!open) return;
  server.exchanges.open.delete(exchange);
  const watcher = server.watchers.byName.get(open.sink);
  if (watcher) removeWatcher(server.watchers, watcher);
}
