import type { Step } from "../../../runtime/mod.ts";

/** Something to do at a time, unless it is cancelled before. */
export interface Deadline {
  readonly atMs: number;
  readonly body: (step: Step) => void;
  cancelled: boolean;
}

/** All that a kubelet waits for, behind one timer: a node with a hundred pods sets no more timers than an idle one. */
export interface Deadlines {
  readonly heap: Deadline[];
  /** When the timer will ring; infinite when it is not set. */
  armedMs: number;
}

/** The name of the timer: its event is `timer.deadline`. */
export const deadlineTimer = "deadline";

/** Nothing to wait for. */
export function noDeadlines(): Deadlines {
  return { heap: [], armedMs: Number.POSITIVE_INFINITY };
}

/** Has `body` run after a while. */
export function addDeadline(
  deadlines: Deadlines,
  step: Step,
  { delayMs, body }: { readonly delayMs: number; readonly body: (step: Step) => void },
): Deadline {
  const deadline = { atMs: step.uptimeMs + Math.max(0, delayMs), body, cancelled: false };
  push(deadlines.heap, deadline);
  arm(deadlines, step);
  return deadline;
}

/** The timer has rung: runs what is due, and sets the timer for what is next. */
export function runDeadlines(deadlines: Deadlines, step: Step): void {
  deadlines.armedMs = Number.POSITIVE_INFINITY;
  const { heap } = deadlines;
  for (let [next] = heap; next && (next.cancelled || next.atMs <= step.uptimeMs); [next] = heap) {
    pop(heap);
    if (!next.cancelled) next.body(step);
  }
  arm(deadlines, step);
}

function arm(deadlines: Deadlines, step: Step): void {
  const [next] = deadlines.heap;
  if (!next || next.atMs >= deadlines.armedMs) return;
  deadlines.armedMs = next.atMs;
  step.timer(deadlineTimer, next.atMs - step.uptimeMs);
}

function push(heap: Deadline[], deadline: Deadline): void {
  let index = heap.length;
  heap.push(deadline);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (!parent || parent.atMs <= deadline.atMs) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = deadline;
}

function pop(heap: Deadline[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    if (!left) break;
    const right = heap[2 * index + 2];
    const isRight = right !== undefined && right.atMs < left.atMs;
    const child = isRight ? right : left;
    if (child.atMs >= last.atMs) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = last;
}
