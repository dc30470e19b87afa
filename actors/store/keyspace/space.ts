import type { KeyValue, StoreEvent } from "../messages.ts";

/**
 * What a keyspace holds, and how much it may. It is part of the replicated state: the quota comes with the first entry
 * of each leader, and what is refused for want of space is decided where entries are applied, so that all replicas
 * decide alike, whatever they were started with. Of the quota, a quarter is for history; of the rest a twelfth is kept
 * back for small changes to what is there, so that nodes stay Ready and deletions, which begin with such a change, go on.
 */
export interface Space {
  /** 0 before any leader has said it: no limit. */
  quotaBytes: number;
  /** What the newest versions take. */
  liveBytes: number;
  /** What older versions take that are not compacted. */
  historyBytes: number;
  /** etcd's alarm NOSPACE: a write was refused for want of space. It ends by itself once there is some again. */
  isFull: boolean;
}

/** Of the quota: what all writes may fill, what small changes to what is there may fill, and what history may take. */
export const shares = {
  ordinary: 11 / 16,
  reserved: 12 / 16,
  alarmEnds: 10 / 16,
  history: 4 / 16,
  historyKept: 2 / 16,
};
/** What a version takes beside its texts. */
const overheadBytes = 256;

/** Nothing is there, and nothing is limited. */
export function createSpace(): Space {
  return { quotaBytes: 0, liveBytes: 0, historyBytes: 0, isFull: false };
}

/** What a version takes in memory: texts beyond Latin-1 have two bytes a character. */
export function costOf({ key, value }: Pick<KeyValue, "key" | "value">): number {
  return overheadBytes + lengthBytes(key) + lengthBytes(value);
}

/** What the changes of one revision turned into history: it is freed when the compaction is past that revision. */
export function historyCost(events: readonly StoreEvent[]): number {
  let bytes = 0;
  for (const { type, kv, previous } of events) {
    if (previous) bytes += costOf(previous);
    if (type === "delete") bytes += costOf(kv);
  }
  return bytes;
}

/** Counts a change. */
export function countChange(space: Space, event: StoreEvent): void {
  if (event.previous) space.liveBytes -= costOf(event.previous);
  if (event.type === "put") space.liveBytes += costOf(event.kv);
  space.historyBytes += historyCost([event]);
  endAlarm(space);
}

/** Takes the quota that a leader brings. */
export function setQuota(space: Space, quotaBytes: number): void {
  space.quotaBytes = quotaBytes;
  endAlarm(space);
}

function endAlarm(space: Space): void {
  if (space.isFull && space.liveBytes <= shares.alarmEnds * space.quotaBytes) space.isFull = false;
}

function lengthBytes(text: string): number {
  return /[^\0-\xff]/.test(text) ? 2 * text.length : text.length;
}
