import { type HeapItem, nowhere } from "../../kit/heap.ts";
import type { PodInfo } from "../pod_info.ts";

/** Where a pod waits. */
export type QueuePlace =
  /** Next to be tried, by priority. */
  | "active"
  /** Woken, but not before its backoff is over, unless nothing else is to do. */
  | "backoff"
  /** After an error, for its whole backoff. */
  | "errorBackoff"
  /** Until an event may help it. */
  | "unschedulable"
  /** A plugin keeps it out of the queue. */
  | "gated"
  /** Being tried or bound. */
  | "inFlight";

/** A pod without a node, with the history of its attempts. */
export interface QueuedPod extends HeapItem {
  info: PodInfo;
  place: QueuePlace;
  /** When it came to where it is. */
  queuedAtMs: number;
  /** Breaks ties: a later number came later. */
  sequence: number;
  attempts: number;
  /** How often it was rejected, and how often an error befell it; the backoff grows with each. */
  rejections: number;
  errors: number;
  /** Who rejected it last. */
  plugins: readonly string[];
  /** When its backoff is over. */
  readyAtMs: number;
  /** In flight: the number of the first event it has not seen. */
  eventsFrom: number;
}

/** A pod that was just met. */
export function newQueuedPod(info: PodInfo, nowMs: number): QueuedPod {
  return {
    info,
    place: "gated",
    queuedAtMs: nowMs,
    sequence: 0,
    attempts: 0,
    rejections: 0,
    errors: 0,
    plugins: [],
    readyAtMs: 0,
    eventsFrom: 0,
    heapIndex: nowhere,
  };
}
