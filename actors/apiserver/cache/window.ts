import type { WatchEvent } from "../messages.ts";
import type { Item } from "../storage/item.ts";

/** One change of one object, kept for watchers that come back. */
export interface CacheEvent {
  readonly revision: number;
  readonly key: string;
  /** Absent when the object was deleted. */
  readonly current: Item | undefined;
  /** Absent when the object was created. */
  readonly previous: Item | undefined;
  /** What watchers are told, encoded once for all of them: for those who want it packed, and for those who do not. */
  told: { packed?: Told; shown?: Told } | undefined;
}

/** An event by what it is to a watcher. */
export type Told = { ADDED?: WatchEvent; MODIFIED?: WatchEvent; DELETED?: WatchEvent };

/** What all windows of a server may hold together, and hold. */
export interface WindowBudget {
  readonly charsMax: number;
  /** How many changes each window keeps at least, where it had so many. */
  readonly eventsMax: number;
  readonly windows: Window[];
  chars: number;
}

/** The recent changes of one resource. */
export interface Window {
  readonly budget: WindowBudget;
  /** The oldest first; between one and two times `eventsMax` when there were so many. */
  events: CacheEvent[];
  /** Every change after this revision is in `events`. */
  forgotten: number;
  /** The length of the texts that nobody else needs: of versions that were written over, or told as they were. */
  chars: number;
  readonly eventsMax: number;
}

const eventsMaxDefault = 2_048;

/** Makes a budget that no window draws on yet. */
export function createWindowBudget(charsMax: number, eventsMax = eventsMaxDefault): WindowBudget {
  return { charsMax, eventsMax, windows: [], chars: 0 };
}

/** Makes an empty window. */
export function createWindow(budget: WindowBudget, eventsMax: number): Window {
  const window: Window = { budget, events: [], forgotten: 0, chars: 0, eventsMax };
  budget.windows.push(window);
  return window;
}

/** Forgets everything: what happens after `revision` is known. */
export function resetWindow(window: Window, revision: number): void {
  window.budget.chars -= window.chars;
  window.chars = 0;
  window.events = [];
  window.forgotten = revision;
}

/** Gives back all that a window has of its budget, for good: nobody asks it any more. */
export function closeWindow(window: Window): void {
  resetWindow(window, window.forgotten);
  const { windows } = window.budget;
  windows.splice(windows.indexOf(window), 1);
}

/** Takes a change in. Where that is too much, the window that holds the most forgets its older half. */
export function remember(window: Window, event: CacheEvent): void {
  const { budget } = window;
  window.events.push(event);
  const chars = charsOf(event);
  window.chars += chars;
  budget.chars += chars;
  if (window.events.length >= window.eventsMax * 2) forget(window, window.eventsMax);
  while (budget.chars > budget.charsMax) {
    const largest = budget.windows.reduce((most, each) => (each.chars > most.chars ? each : most));
    forget(largest, Math.ceil(largest.events.length / 2));
  }
}

/** A version that was written over is kept for the window alone; the newest one is the cache's. */
function charsOf({ previous }: CacheEvent): number {
  return previous?.text.length ?? 0;
}

function forget(window: Window, count: number): void {
  const gone = window.events.slice(0, count);
  window.forgotten = gone.at(-1)?.revision ?? window.forgotten;
  window.events = window.events.slice(count);
  const chars = gone.reduce((sum, event) => sum + charsOf(event), 0);
  window.chars -= chars;
  window.budget.chars -= chars;
}

/** The changes after `revision`, the oldest first; undefined when some of them are forgotten. */
export function eventsAfter({ events, forgotten }: Window, revision: number): readonly CacheEvent[] | undefined {
  if (revision < forgotten) return undefined;
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    // The middle lies between low and high, so within the array.
    if ((events[middle] as CacheEvent).revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low === events.length ? [] : events.slice(low);
}
