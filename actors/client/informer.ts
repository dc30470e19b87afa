import type { Step } from "../../runtime/mod.ts";
import { decode } from "../api/codec.ts";
import { compareResourceVersions } from "../api/resource_version.ts";
import { type Frozen, type KubeList, type KubeObject, keyOf, type Status } from "../api/types.ts";
import type { WatchEvent } from "../apiserver/messages.ts";
import type { ApiClient, WatchHandle } from "./api_client.ts";
import type { Kind } from "./api_request.ts";
import { createObjectStore, type IndexOf, type ObjectStore } from "./object_store.ts";
import { isExpired, isTooLargeVersion } from "./outcome.ts";
import type { StreamEnd } from "./watch_streams.ts";

/** What an informer saw happen to one object. */
export interface Change<T extends KubeObject> {
  readonly type: "added" | "updated" | "deleted";
  /** For `deleted`: the last that is known of it. */
  readonly object: Frozen<T>;
  /** For `updated`. */
  readonly previous?: Frozen<T>;
  /** The deletion itself was missed: `object` may not be its last state. */
  readonly stale?: boolean;
}

/** Which objects an informer mirrors. */
export interface InformerOptions<T extends KubeObject> {
  readonly client: ApiClient;
  readonly kind: Kind<T>;
  /** Default: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Such as `spec.nodeName=node-1`. */
  readonly fieldSelector?: string | undefined;
  /** The kind of controllers whose objects are wanted, with those that nobody controls. Default: all objects. */
  readonly openTo?: string | undefined;
  readonly indexes?: Readonly<Record<string, IndexOf<T>>> | undefined;
}

/** A local mirror of the objects of one kind, kept up to date by list and watch. */
export interface Informer<T extends KubeObject> extends Pick<ObjectStore<T>, "get" | "has" | "keys" | "values" | "by"> {
  readonly kind: Kind<T>;
  /** What it is limited to, beside its kind. */
  readonly fieldSelector: string | undefined;
  readonly openTo: string | undefined;
  readonly size: number;
  start(step: Step): void;
  /** Ends the watch; what is mirrored stays, and the next start tells only the differences. */
  stop(step: Step): void;
  /** Whether the first list has arrived. */
  synced(): boolean;
  /** The newest version this mirror is known to show; empty before the first list. */
  version(): string;
  /** What follows is told to the handler, in order. */
  onChange(handler: (change: Change<T>, step: Step) => void): void;
  /** Told after each list, also when it changed nothing: what there is, is known. */
  onListed(handler: (step: Step) => void): void;
}

const backoffFirstMs = 800;
const backoffMaxMs = 30_000;
const briefMs = 1_000;

/**
 * Makes an informer. It lists, then watches from the list's version on; a lost watch is taken up where it broke off,
 * and only when the history since then is gone it lists again.
 *
 * A list that follows another never asks for less than what was seen (else one could travel back in time by meeting
 * a server that lags, kubernetes issue 83520); a server that has not come that far, or cannot say, is asked for the
 * newest instead (issue 107133).
 */
export function createInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { client, kind } = options;
  const store = createObjectStore<T>(options.indexes);
  const handlers: ((change: Change<T>, step: Step) => void)[] = [];
  const listedHandlers: ((step: Step) => void)[] = [];
  const timer = client.partName("informer");
  let phase: "idle" | "listing" | "watching" | "waiting" = "idle";
  let synced = false;
  let version = "";
  let newestWanted = false;
  let failures = 0;
  let openedAtMs = 0;
  /** Whether the watch has told anything. */
  let hasHeard = false;
  let stream: WatchHandle | undefined;
  // Answers to what an earlier start asked are not for this one.
  let epoch = 0;

  function emit(change: Change<T>, step: Step) {
    for (const handler of handlers) handler(change, step);
  }

  function list(step: Step) {
    phase = "listing";
    const asked = newestWanted ? "" : version || "0";
    const started = epoch;
    client.list(step, { ...target(), query: { ...selectors(), resourceVersion: asked } }, (outcome, later) => {
      if (started !== epoch) return;
      if (outcome.ok) return listed(later, { list: outcome.value as Frozen<KubeList<T>>, asked });
      if (isExpired(outcome.failure) || isTooLargeVersion(outcome.failure)) {
        // Once at once; a server that refuses the newest, too, is given time.
        const again = !newestWanted;
        newestWanted = true;
        if (again) return list(later);
      }
      retry(later, list);
    });
  }

  function listed(step: Step, { list, asked }: { list: Frozen<KubeList<T>>; asked: string }) {
    const at = list.metadata.resourceVersion ?? "";
    if (asked !== "" && asked !== "0" && compareResourceVersions(at, asked) < 0) {
      newestWanted = true;
      return retry(step, listAgain);
    }
    newestWanted = false;
    version = at;
    replace(step, list.items);
    synced = true;
    for (const handler of listedHandlers) handler(step);
    // Whoever heard of it may have stopped this.
    if (phase === "listing") watch(step);
  }

  function listAgain(step: Step) {
    list(step);
  }

  function replace(step: Step, items: readonly Frozen<T>[]) {
    const present = new Set<string>();
    for (const item of items) {
      const object = typed(item);
      present.add(keyOf(object as Frozen<KubeObject>));
      put(step, object);
    }
    for (const key of [...store.keys()]) {
      if (!present.has(key)) drop(step, { key, stale: true });
    }
  }

  /** Items of a list may leave out what the list says of all of them. */
  function typed(item: Frozen<T>): Frozen<T> {
    if ((item as Frozen<KubeObject>).kind !== undefined) return item;
    const { group, version: of, kind: name } = kind;
    return Object.freeze({
      apiVersion: group === "" ? of : `${group}/${of}`,
      kind: name,
      ...(item as object),
    }) as Frozen<T>;
  }

  function put(step: Step, object: Frozen<T>) {
    const previous = store.get(keyOf(object as Frozen<KubeObject>));
    if (previous === undefined) {
      store.set(object);
      return emit({ type: "added", object }, step);
    }
    if (versionOf(previous) === versionOf(object)) return;
    // Deleted and created again between two looks: two objects, though they share a name.
    if (uidOf(previous) !== uidOf(object)) {
      drop(step, { key: keyOf(object as Frozen<KubeObject>), stale: true });
      store.set(object);
      return emit({ type: "added", object }, step);
    }
    store.set(object);
    emit({ type: "updated", object, previous }, step);
  }

  function drop(step: Step, { key, stale, last }: { key: string; stale: boolean; last?: Frozen<T> }) {
    const previous = store.delete(key);
    if (previous === undefined) return;
    emit(
      stale ? { type: "deleted", object: last ?? previous, stale } : { type: "deleted", object: last ?? previous },
      step,
    );
  }

  function watch(step: Step) {
    phase = "watching";
    openedAtMs = step.uptimeMs;
    hasHeard = false;
    const query = { ...selectors(), resourceVersion: version, allowWatchBookmarks: "true" };
    const started = epoch;
    stream = client.watch(
      step,
      { ...target(), query },
      {
        opened: (later) => {
          openedAtMs = later.uptimeMs;
        },
        events: (events, later) => {
          hasHeard ||= events.length > 0;
          for (const event of events) {
            if (started !== epoch || phase !== "watching") return;
            apply(later, event);
          }
        },
        ended: (end, later) => {
          if (started === epoch && phase === "watching") ended(later, end);
        },
      },
    );
  }

  function apply(step: Step, event: WatchEvent) {
    if (event.type === "ERROR") return broken(step, decode<KubeObject>(event.object) as unknown as Frozen<Status>);
    const object = decode<T>(event.object);
    version = versionOf(object) || version;
    if (event.type === "BOOKMARK") return;
    if (event.type === "DELETED") drop(step, { key: keyOf(object as Frozen<KubeObject>), stale: false, last: object });
    else put(step, object);
  }

  function broken(step: Step, { code = 500, reason = "" }: Frozen<Status>) {
    stream?.close(step);
    stream = undefined;
    if (code === 410 || reason === "Expired" || reason === "Gone") relist(step);
    else retry(step, watch);
  }

  function ended(step: Step, { reason, failure }: StreamEnd) {
    stream = undefined;
    if (reason !== "refused") {
      // A server that is down, or closes each watch as soon as it is open, must not be asked in a loop.
      if (!hasHeard && step.uptimeMs - openedAtMs < briefMs) return retry(step, watch);
      failures = 0;
      return watch(step);
    }
    if (failure && isExpired(failure)) return relist(step);
    // The server lags behind what was seen: wait for it, or meet another one.
    retry(step, failure && isTooLargeVersion(failure) ? relist : watch);
  }

  /** Lists again; the history since `version` is gone, so that only the newest is sure not to be older. */
  function relist(step: Step) {
    newestWanted = true;
    list(step);
  }

  function retry(step: Step, body: (step: Step) => void) {
    phase = "waiting";
    const delayMs = Math.min(backoffFirstMs * 2 ** failures, backoffMaxMs);
    failures = Math.min(failures + 1, 10);
    waitFor(step, delayMs * (1 + step.float()), body);
  }

  function waitFor(step: Step, delayMs: number, body: (step: Step) => void) {
    client.timers.set(step, { name: timer, delayMs: Math.round(delayMs), body });
  }

  function target() {
    const { namespace, openTo } = options;
    return { kind, namespace, openTo };
  }

  function selectors(): Record<string, string> {
    const { labelSelector, fieldSelector } = options;
    return { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
  }

  return {
    kind,
    fieldSelector: options.fieldSelector,
    openTo: options.openTo,
    get: store.get,
    has: store.has,
    keys: store.keys,
    values: store.values,
    by: store.by,
    get size() {
      return store.size;
    },
    start(step) {
      if (phase !== "idle") return;
      epoch++;
      list(step);
    },
    stop(step) {
      epoch++;
      phase = "idle";
      // What is mirrored may be old when it is started again: only a new list makes it current.
      synced = false;
      stream?.close(step);
      stream = undefined;
      client.timers.cancel(step, timer);
    },
    synced: () => synced,
    version: () => version,
    onChange: (handler) => void handlers.push(handler),
    onListed: (handler) => void listedHandlers.push(handler),
  };
}

function versionOf(object: Frozen<KubeObject> | Frozen<never>): string {
  return (object as Frozen<KubeObject>).metadata.resourceVersion ?? "";
}

function uidOf(object: Frozen<KubeObject> | Frozen<never>): string {
  return (object as Frozen<KubeObject>).metadata.uid ?? "";
}
