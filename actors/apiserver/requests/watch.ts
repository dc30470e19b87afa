import type { Step } from "../../../runtime/mod.ts";
import { forbidden } from "../../api/field_error.ts";
import { parseResourceVersion } from "../../api/resource_version.ts";
import { invalidObject, notFoundPath, type Status, timeout, tooOldResourceVersion } from "../../api/status.ts";
import { failed, type Result } from "../../kit/result.ts";
import { waitForRevision } from "../cache/feed.ts";
import { whenFresh } from "../cache/freshness.ts";
import { type Selection, selectionOf, selects } from "../cache/selection.ts";
import {
  added,
  addWatcher,
  bookmark,
  closeWatcher,
  flushWatcher,
  shownOf,
  tell,
  type Watcher,
} from "../cache/watchers.ts";
import { eventsAfter } from "../cache/window.ts";
import { whenAllConverted } from "../conversion/when_converted.ts";
import type { WatchEvent } from "../messages.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Call, managedFor, respondStatus } from "./call.ts";
import { itemsOf } from "./list.ts";
import { isTrue, listIntegersError } from "./query.ts";

const timeoutMsDefault = 1_800_000;
const bookmarkFirstMs = 60_000;

/** Opens a watch. */
export function watch(server: Server, call: Call, step: Step) {
  const { kind, namespace, name, query, request } = call;
  const cache = cacheOf(server, kind);
  const { openTo } = request;
  const selected = selectionOf({ kind, namespace, name, query, indexedField: cache.index?.field, openTo });
  if (!selected.ok) return respondStatus(call, step, selected.failure);
  const selection = selected.value;
  const version = watchedVersion(query);
  if (!version.ok) return respondStatus(call, step, version.failure);
  const asked = query.resourceVersion ?? "";
  const revision = version.value;
  const initial = query.sendInitialEvents === undefined ? "unsaid" : isTrue(query.sendInitialEvents);
  const bookmarks = isTrue(query.allowWatchBookmarks);
  const opening = { call, selection };
  if (revision > 0 && initial !== true) return whenReady(server, step, { ...opening, from: revision });
  if (initial === false)
    return whenFresh(server, step, (_fresh, later) =>
      whenReady(server, later, { ...opening, from: server.feed.revision }),
    );
  const end = initial === true && bookmarks;
  const show = (ready: boolean, later: Step) => {
    if (ready) whenReady(server, later, { ...opening, from: "state", end });
    else respondStatus(call, later, timeout("the caches of this server are behind its store", 1));
  };
  if (asked === "") return whenFresh(server, step, show);
  waitForRevision(server.feed, step, { revision, certain: false, done: show });
}

/** The version that a watch goes on from (0: none), or what is wrong with its options. */
function watchedVersion(query: Readonly<Record<string, string>>): Result<number, Status> {
  const { resourceVersion = "", resourceVersionMatch: match = "", sendInitialEvents: initial } = query;
  const unreadable = listIntegersError(query);
  if (unreadable) return failed(unreadable);
  const options = { group: "meta.k8s.io", kind: "ListOptions" };
  if (initial !== undefined && match !== "NotOlderThan") {
    const text = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    return failed(invalidObject(options, "", [forbidden("resourceVersionMatch", text)]));
  }
  if (initial === undefined && match !== "") {
    const text = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    return failed(invalidObject(options, "", [forbidden("resourceVersionMatch", text)]));
  }
  const parsed = parseResourceVersion(resourceVersion);
  return parsed.ok ? parsed : failed(invalidObject(options, "", [parsed.failure]));
}

interface Opening {
  readonly call: Call;
  readonly selection: Selection;
  /** A revision to go on from; or the state of now, shown as if it had just come to be. */
  readonly from: number | "state";
  /** Whether a bookmark marks the end of the state. */
  readonly end?: boolean;
}

/** Opens a watch when all that it is told first can be shown in its version. */
function whenReady(server: Server, step: Step, opening: Opening): void {
  const { call, selection, from } = opening;
  const { window } = cacheOf(server, selection.kind);
  whenAllConverted(server, step, {
    kind: selection.kind,
    items: () => (from === "state" ? itemsOf(server, selection) : (eventsAfter(window, from) ?? []).flatMap(shownOf)),
    done: (failure, later) => {
      if (failure) respondStatus(call, later, failure);
      else begin(server, later, opening);
    },
  });
}

function begin(server: Server, step: Step, { call, selection, from, end = false }: Opening): void {
  const { feed, watchers } = server;
  const cache = server.caches.get(selection.kind.storagePrefix);
  // Its definition has gone while it was being opened: nobody would ever tell it anything, or end it.
  if (!cache) {
    respondStatus(call, step, notFoundPath());
    return;
  }
  // A request that came twice is one watch: another one's pieces, numbered from 1 again, would hide the first's.
  if (watchers.byName.has(call.sinkName)) return;
  const { query } = call;
  // Checked by watchedVersion; one that is less than nothing is over at once.
  const seconds = Number(query.timeoutSeconds ?? 0);
  const lastsMs = seconds !== 0 ? Math.max(0, seconds) * 1_000 : timeoutMsDefault + step.int(timeoutMsDefault);
  const after = from === "state" ? feed.revision : from;
  const watcher: Watcher = {
    id: watchers.nextId++,
    cache,
    selection,
    sink: call.openSink(step),
    bookmarks: isTrue(query.allowWatchBookmarks),
    managed: managedFor(call),
    endsAtMs: step.uptimeMs + lastsMs,
    after,
    ...{ pending: [], backlogChars: 0, initial: 0 },
    sentAtMs: step.uptimeMs,
    bookmarkAtMs: step.uptimeMs + bookmarkFirstMs,
    ...(call.conversion ? { held: { events: [], isBusy: false, show: call.conversion.show } } : {}),
  };
  addWatcher(watchers, watcher);
  watcher.pending = firstEvents(server, { watcher, from, end });
  watcher.initial = watcher.pending.length;
  const failed = watcher.pending[0]?.type === "ERROR";
  flushWatcher(watchers, watcher, step);
  // As Kubernetes does, a watch that can not go on from its version is opened, and told so.
  if (failed) closeWatcher(watchers, watcher, step);
}

interface Beginning {
  readonly watcher: Watcher;
  readonly from: number | "state";
  readonly end: boolean;
}

function firstEvents(server: Server, { watcher, from, end }: Beginning): WatchEvent[] {
  const { cache, selection } = watcher;
  const { revision } = server.feed;
  if (from === "state") {
    const items = [...itemsOf(server, selection)]
      .filter((item) => selects(selection, item))
      .map((item) => added(watcher, item));
    return end ? [...items, bookmark(selection.kind, revision, true)] : items;
  }
  const events = eventsAfter(cache.window, from);
  if (!events) return [{ type: "ERROR", object: JSON.stringify(tooOldResourceVersion(from, cache.window.forgotten)) }];
  return events.map((event) => tell(watcher, event)).filter((event) => event !== undefined);
}
