import type { Step } from "../../../runtime/mod.ts";
import { bookmark, closeWatcher, flushWatcher, type Watcher, type Watchers } from "./watchers.ts";

const heartbeatMs = 5_000;
const bookmarkMs = 60_000;

/** Ends the watches whose time is up, sends bookmarks that are due and signs of life; called every second or so. */
export function tickWatchers(watchers: Watchers, revision: number, step: Step): void {
  for (const watcher of watchers.all.values()) {
    const over = step.uptimeMs >= watcher.endsAtMs;
    if (watcher.bookmarks && (over || step.uptimeMs >= watcher.bookmarkAtMs)) addBookmark(watcher, revision, step);
    flushWatcher(watchers, watcher, step);
    if (over) closeWatcher(watchers, watcher, step);
    else if (watcher.sink.heartbeats && step.uptimeMs - watcher.sentAtMs >= heartbeatMs) {
      watcher.sentAtMs = step.uptimeMs;
      watcher.sink.send([], step);
    }
  }
}

function addBookmark(watcher: Watcher, revision: number, step: Step): void {
  watcher.bookmarkAtMs = step.uptimeMs + bookmarkMs;
  // A watch that began ahead of this server's cache has been told more than the cache knows.
  watcher.pending.push(bookmark(watcher.selection.kind, Math.max(revision, watcher.after), false));
}
