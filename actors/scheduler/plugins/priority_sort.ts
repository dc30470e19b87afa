import { plugin } from "../framework.ts";

/** Orders the queue: higher priority first, then who waits longest. */
export const prioritySort = plugin({
  name: "PrioritySort",
  order: 10,
  queueSort: (a, b) => b.info.priority - a.info.priority || a.queuedAtMs - b.queuedAtMs,
});
