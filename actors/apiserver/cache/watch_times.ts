import type { Address, Step } from "../../../runtime/mod.ts";
import type { ApiWatchEvents, WatchPiece } from "../messages.ts";
import { bookmark, closeWatcher, flushWatcher, isUpToDate, type Watcher, type Watchers } from "./watchers.ts";

const heartbeatMs = 5_000;
const bookmarkMs = 60_000;

/** Ends the watches whose time is up, sends bookmarks that are due and signs of life; called every second or so. */
export function tickWatchers(watchers: Watchers, revision: number, step: Step): void {
  const silent = new Set<Address>();
  for (const watcher of watchers.all.values()) {
    const over = step.uptimeMs >= watcher.endsAtMs;
    // A bookmark would say that the watch has been told what it has not.
    if (watcher.bookmarks && isUpToDate(watcher) && (over || step.uptimeMs >= watcher.bookmarkAtMs))
      addBookmark(watcher, revision, step);
    flushWatcher(watchers, watcher, step);
    if (over) closeWatcher(watchers, watcher, step);
    else if (watcher.sink.lastNumber && step.uptimeMs - watcher.sentAtMs >= heartbeatMs) silent.add(watcher.sink.owner);
  }
  for (const owner of silent) showLife(owner, watchers.byOwner.get(owner), step);
}

/** As soon as one of a component's watches was told nothing for so long, one message shows that all of them live. */
function showLife(owner: Address, watches: Iterable<Watcher> = [], step: Step): void {
  const pieces: WatchPiece[] = [];
  for (const watcher of watches) {
    const piece = watcher.sink.lastNumber?.();
    if (!piece) continue;
    watcher.sentAtMs = step.uptimeMs;
    pieces.push(piece);
  }
  if (pieces.length === 0) return;
  const body: ApiWatchEvents = { type: "api.watch", pieces };
  step.send(owner, body);
}

function addBookmark(watcher: Watcher, revision: number, step: Step): void {
  watcher.bookmarkAtMs = step.uptimeMs + bookmarkMs;
  // A watch that began ahead of this server's cache has been told more than the cache knows.
  watcher.pending.push(bookmark(watcher.selection.kind, Math.max(revision, watcher.after), false));
}
