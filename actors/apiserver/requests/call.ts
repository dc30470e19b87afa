import type { Step } from "../../../runtime/mod.ts";
import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import type { GroupKind, GroupResource, Status } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import { type Item, objectFor, textFor } from "../storage/item.ts";
import type { ClientSide } from "../streams/client_side.ts";
import { tableText } from "../tables/printing/table.ts";

/** How a client wants objects shown: as they are, or as a table of what a person wants to know of them. */
export type Representation = "object" | { readonly includeObject: "None" | "Metadata" | "Object" };

/** A request on its way through the server. */
export interface Call {
  readonly request: ApiRequest;
  readonly user: User;
  readonly kind: KindDefinition;
  readonly query: Readonly<Record<string, string>>;
  /** Empty: cluster-wide. */
  readonly namespace: string;
  /** Empty: all, or a name that is yet to be made. */
  readonly name: string;
  readonly representation: Representation;
  readonly warnings: string[];
  /** For a watch: what its sink will be named. */
  readonly sinkName: string;
  /** Opens the stream for a watch's events. */
  openSink(step: Step): WatchSink;
  /** How a stream reaches the client; absent for components. */
  readonly client?: ClientSide;
  /** For who answers through `client`: the request is under way no more. */
  release(): void;
  respond(step: Step, response: ApiResponse): void;
}

/** The kind's group and plural, as a Status names it. */
export function groupResource({ kind }: Pick<Call, "kind">): GroupResource {
  return { group: kind.group, resource: kind.plural };
}

/** The kind's group and kind, as a Status names it. */
export function groupKind({ kind }: Pick<Call, "kind">): GroupKind {
  return { group: kind.group, kind: kind.kind };
}

/** An answer has room for a few dozen; an object can be worth a warning in a million places. */
const warningsMax = 1_000;

/** Tells the client of what it should know beside its answer: as much as an answer may have room for. */
export function warn({ warnings }: Pick<Call, "warnings">, more: Iterable<string>): void {
  for (const text of more) {
    if (warnings.length >= warningsMax) return;
    warnings.push(text);
  }
}

/** Whether nothing may be stored. */
export function isDryRun({ query }: Pick<Call, "query">): boolean {
  return query.dryRun === "All";
}

/** A Status as an answer. */
export function statusResponse(status: Status): ApiResponse {
  return { type: "api.response", code: status.code, body: JSON.stringify(status), status };
}

/** Answers with a Status. */
export function respondStatus(call: Call, step: Step, status: Status): void {
  const { warnings } = call;
  call.respond(step, { ...statusResponse(status), ...(warnings.length > 0 ? { warnings } : {}) });
}

/** Answers with a text. */
export function respondText(
  call: Call,
  step: Step,
  answer: { readonly code: number; readonly body: string; readonly items?: readonly string[] },
): void {
  const { warnings } = call;
  call.respond(step, { type: "api.response", ...answer, ...(warnings.length > 0 ? { warnings } : {}) });
}

/** Answers with one object. */
export function respondItem(call: Call, step: Step, { item, code = 200 }: { item: Item; code?: number }) {
  const { kind, representation } = call;
  if (representation === "object") return respondText(call, step, { code, body: textFor(kind, item) });
  const { includeObject } = representation;
  const metadata = { resourceVersion: String(item.revision) };
  const body = tableText({ kind, objects: [objectFor(kind, item)], nowMs: step.nowMs, includeObject, metadata });
  respondText(call, step, { code, body });
}

/** What a list says of itself. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A longer list goes out in pieces, of so much or of one item. */
const wholeCharsMax = 1024 * 1024;
const pieceCharsMin = 64 * 1024;
/** A client has to have taken its answer by then, as in Kubernetes. */
const answerMsMax = 60_000;

/** Answers with a list; the items' texts are joined as they are. */
export function respondList(call: Call, step: Step, list: { items: readonly Item[]; metadata: ListMetadata }) {
  const { kind, representation } = call;
  const { items, metadata } = list;
  if (representation !== "object") {
    const { includeObject } = representation;
    const objects = items.map((item) => objectFor(kind, item));
    const body = tableText({ kind, objects, nowMs: step.nowMs, includeObject, metadata });
    return respondText(call, step, { code: 200, body });
  }
  const pieces = listPieces(kind, list);
  if (items.reduce((sum, { text }) => sum + text.length, 0) <= wholeCharsMax)
    return respondText(call, step, { code: 200, body: [...pieces].join("") });
  if (call.client) return respondPieces(call, call.client, pieces, step);
  const [body = ""] = listPieces(kind, { items: [], metadata });
  respondText(call, step, { code: 200, body, items: items.map((item) => textFor(kind, item)) });
}

function* listPieces(kind: KindDefinition, { items, metadata }: { items: readonly Item[]; metadata: ListMetadata }) {
  const meta = JSON.stringify(metadata);
  let piece = `{"kind":"${kind.listKind}","apiVersion":"${groupVersionOf(kind)}","metadata":${meta},"items":[`;
  for (const [index, item] of items.entries()) {
    if (index > 0) piece += ",";
    const text = textFor(kind, item);
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

/** Answers in pieces, each made when the client has taken the one before: nothing of this size ever is in memory twice. */
function respondPieces(call: Call, client: ClientSide, pieces: Iterator<string>, step: Step) {
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    call.release();
  };
  const out = client.openText(step, over, {
    contentType: "application/json",
    warnings: call.warnings,
    withinMs: answerMsMax,
  });
  const next = (later: Step) => {
    if (isOver) return;
    const { done, value } = pieces.next();
    if (!done) return out.write(value, later, next);
    // As every answer ends; one of this length is not laid out, even for a person.
    out.write("\n", later, () => {});
    out.end(later);
    over();
  };
  next(step);
}

/** An object that its owner may change. */
export type Draft = KubeObject;
/** An object as it is stored, in the kind's own version. */
export type Existing = Frozen<KubeObject>;
