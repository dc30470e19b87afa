import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { type GroupKind, type GroupResource, notAcceptableText, type Status } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Result } from "../../kit/result.ts";
import type { WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiResponse, User } from "../messages.ts";
import { type Item, type Managed, shownObject, textFor } from "../storage/item.ts";
import type { ClientSide } from "../streams/client_side.ts";
import { type Encoding, type Representation, type Shown, shapedText } from "./representation.ts";

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
  /** In which form the answer is written. Default JSON. */
  readonly encoding?: Encoding;
  readonly warnings: string[];
  /** For a watch: what its sink will be named. */
  readonly sinkName: string;
  /** Opens the stream for a watch's events. */
  openSink(step: Step): WatchSink;
  /** How a stream reaches the client; absent for components. */
  readonly client?: ClientSide;
  /** Writes something beside the request in the audit log; absent where nothing is written down. */
  readonly note?: (key: string, value: string) => void;
  /** How objects of the kind are converted that are stored in several versions; absent where no webhook does it. */
  readonly conversion?: CallConversion;
  /** For who answers through `client`: the request is under way no more. */
  release(): void;
  respond(step: Step, response: ApiResponse): void;
}

/** What a webhook makes of a kind's objects. */
export interface CallConversion {
  /** Goes on when items can be shown in the call's own version, or says why they cannot. */
  readonly show: (items: Iterable<Item>, step: Step, done: (failure: Status | undefined, step: Step) => void) => void;
  /** Goes on with an object of the call's own version as it is to be stored. */
  readonly store: (
    object: Frozen<KubeObject>,
    step: Step,
    done: (stored: Result<Frozen<KubeObject>, Status>, step: Step) => void,
  ) => void;
}

/** An item that is about to be looked at. */
export interface Seeing {
  readonly item: Item;
  readonly refuse: (status: Status, step: Step) => void;
  readonly go: (step: Step) => void;
}

/** Goes on when an item can be shown in the call's own version: nearly always at once. */
export function whenShown({ conversion }: Call, step: Step, { item, refuse, go }: Seeing) {
  if (conversion === undefined) return go(step);
  conversion.show([item], step, (failure, later) => (failure ? refuse(failure, later) : go(later)));
}

/** An object that is about to be stored. */
export interface Keeping {
  readonly object: Frozen<KubeObject>;
  readonly refuse: (status: Status, step: Step) => void;
  readonly go: (stored: Frozen<KubeObject>, step: Step) => void;
}

/** Goes on with an object in the version in which it is stored: nearly always at once. */
export function whenStorable({ conversion, kind }: Call, step: Step, { object, refuse, go }: Keeping) {
  if (conversion === undefined) return go(kind.toStorage(object), step);
  conversion.store(object, step, (stored, later) =>
    stored.ok ? go(stored.value, later) : refuse(stored.failure, later),
  );
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

/** How who asks is told who owns fields. */
export function managedFor({ request }: Pick<Call, "request">): Managed {
  return request.managedFields ?? "shown";
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
  answer: Pick<ApiResponse, "code" | "body" | "items" | "encoded">,
): void {
  const { warnings } = call;
  call.respond(step, { type: "api.response", ...answer, ...(warnings.length > 0 ? { warnings } : {}) });
}

/** Answers with one object. */
export function respondItem(call: Call, step: Step, shown: { readonly item: Item; readonly code?: number }): void {
  whenShown(call, step, {
    item: shown.item,
    refuse: (status, later) => respondStatus(call, later, status),
    go: (later) => showItem(call, later, shown),
  });
}

function showItem(call: Call, step: Step, { item, code = 200 }: { readonly item: Item; readonly code?: number }) {
  const { kind, representation } = call;
  if (representation === "object") {
    return respondText(call, step, { code, body: textFor(kind, item, managedFor(call)) });
  }
  respondShaped(call, step, { kind, object: shownObject(kind, item), code });
}

/** Answers with one object that is of the request's kind, or of another that its part is. */
export function respondShaped(
  call: Call,
  step: Step,
  { kind, object, code = 200 }: Omit<Shown, "nowMs"> & { readonly code?: number },
) {
  const { representation } = call;
  if (representation === "object") return respondText(call, step, { code, body: JSON.stringify(object) });
  const wrong = isListWanted(representation)
    ? `you requested PartialObjectMetadataList, but the requested object is not a list (*${kind.version}.${kind.kind})`
    : undefined;
  if (wrong) return respondStatus(call, step, notAcceptableText(wrong));
  respondText(call, step, { code, body: shapedText(representation, { kind, object, nowMs: step.nowMs }) });
}

function isListWanted(representation: Representation): boolean {
  return representation !== "object" && representation.shape === "partial" && representation.isList;
}

/** An object that its owner may change. */
export type Draft = KubeObject;
/** An object as it is stored, in the kind's own version. */
export type Existing = Frozen<KubeObject>;
