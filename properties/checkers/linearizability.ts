/** One operation of a history: who did what, when it was called and when it returned. */
export interface HistoryOperation<Input, Output> {
  readonly input: Input;
  /** Undefined: nobody knows what came of it; it may have happened at any time after the call, or never. */
  readonly output: Output | undefined;
  readonly callMs: number;
  /** Ignored when the output is unknown. */
  readonly returnMs: number;
}

/** What the system should be: one thing that does one operation at a time. */
export interface SequentialModel<State, Input, Output> {
  /** Operations of different parts do not touch each other, so each part is judged alone. */
  partOf(input: Input): string;
  initial(): State;
  /**
   * The states that the operation may lead to, given what came of it (undefined: anything). None: it cannot have
   * happened now.
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[];
  /** Equal for equal states. */
  keyOf(state: State): string;
}

/** What the checker says. */
export type Verdict<Input, Output> =
  | { readonly ok: true }
  /** The search was given up: neither shown nor refuted. */
  | { readonly ok: "unknown"; readonly part: string }
  /** `stuckAt`: the first operations, in order of their return, that no order explains together. */
  | { readonly ok: false; readonly part: string; readonly stuckAt: HistoryOperation<Input, Output> };

/**
 * Whether a concurrent history could have come from a system that does one operation at a time, each somewhere
 * between its call and its return: the search of Wing and Gong with Lowe's memory of visited configurations, each part
 * on its own, as in Porcupine. `stepsMax` bounds the search of one part (default 2,000,000).
 *
 * @example
 * checkLinearizable(keyValueModel, [{ input: { key: "a", op: "get" }, output: ..., callMs: 0, returnMs: 3 }])
 */
export function checkLinearizable<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  history: readonly HistoryOperation<Input, Output>[],
  { stepsMax = 2_000_000 }: { readonly stepsMax?: number } = {},
): Verdict<Input, Output> {
  const parts = new Map<string, HistoryOperation<Input, Output>[]>();
  for (const operation of history) {
    const part = model.partOf(operation.input);
    const found = parts.get(part);
    if (found) found.push(operation);
    else parts.set(part, [operation]);
  }
  for (const [part, operations] of parts) {
    const verdict = checkPart(model, operations, stepsMax);
    if (verdict === "unknown") return { ok: "unknown", part };
    if (verdict !== "ok") return { ok: false, part, stuckAt: verdict };
  }
  return { ok: true };
}

/** A call or a return in the list of what is not yet explained. */
interface Node {
  /** Which operation. */
  readonly id: number;
  readonly timeMs: number;
  /** A call's return; undefined for a return. */
  readonly match: Node | undefined;
  before: Node | undefined;
  after: Node | undefined;
}

interface Choice<State> {
  readonly call: Node;
  /** The state before it, and the outcomes not tried yet. */
  readonly state: State;
  readonly others: State[];
}

function checkPart<State, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly HistoryOperation<Input, Output>[],
  stepsMax: number,
): "ok" | "unknown" | HistoryOperation<Input, Output> {
  const head = linked(operations);
  const done = new Uint32Array(Math.ceil(operations.length / 32));
  const visited = new Set<string>();
  const stack: Choice<State>[] = [];
  let state = model.initial();
  let node = head.after;
  let furthest: Node | undefined;

  const toggle = (id: number) => {
    done[id >>> 5] = (done[id >>> 5] ?? 0) ^ (1 << (id & 31));
  };

  /** Takes the first outcome that leads to where the search has not been. */
  function choose(call: Node, from: State, outcomes: State[]): boolean {
    toggle(call.id);
    for (let next = outcomes.shift(); next !== undefined; next = outcomes.shift()) {
      const mark = `${done.join()}|${model.keyOf(next)}`;
      if (visited.has(mark)) continue;
      visited.add(mark);
      stack.push({ call, state: from, others: outcomes });
      state = next;
      lift(call);
      return true;
    }
    toggle(call.id);
    return false;
  }

  for (let steps = 0; head.after; steps++) {
    if (steps > stepsMax) return "unknown";
    if (node?.match) {
      const operation = operations[node.id] as HistoryOperation<Input, Output>;
      const outcomes = [...model.step(state, operation.input, operation.output)];
      node = choose(node, state, outcomes) ? head.after : node.after;
      continue;
    }
    // All calls before this return were tried: what was chosen last was wrong.
    if (node && (!furthest || node.timeMs > furthest.timeMs)) furthest = node;
    const last = stack.pop();
    if (!last) return operations[furthest?.id ?? 0] as HistoryOperation<Input, Output>;
    unlift(last.call);
    toggle(last.call.id);
    state = last.state;
    node = choose(last.call, last.state, last.others) ? head.after : last.call.after;
  }
  return "ok";
}

/** All calls and returns in order of time, behind a head; a return at the time of a call comes after it. */
function linked(operations: readonly HistoryOperation<unknown, unknown>[]): Node {
  const nodes: Node[] = [];
  for (const [id, { callMs, returnMs, output }] of operations.entries()) {
    const timeMs = output === undefined ? Number.POSITIVE_INFINITY : returnMs;
    const match: Node = { id, timeMs, match: undefined, before: undefined, after: undefined };
    nodes.push({ id, timeMs: callMs, match, before: undefined, after: undefined }, match);
  }
  nodes.sort((a, b) => (a.timeMs === b.timeMs ? Number(!a.match) - Number(!b.match) : a.timeMs - b.timeMs));
  const head: Node = { id: -1, timeMs: 0, match: undefined, before: undefined, after: undefined };
  let last = head;
  for (const node of nodes) {
    last.after = node;
    node.before = last;
    last = node;
  }
  return head;
}

/** Takes a call and its return out of the list; they keep their places. */
function lift(call: Node) {
  for (const node of [call, call.match as Node]) {
    if (node.before) node.before.after = node.after;
    if (node.after) node.after.before = node.before;
  }
}

/** Puts them back, in reverse. */
function unlift(call: Node) {
  for (const node of [call.match as Node, call]) {
    if (node.before) node.before.after = node;
    if (node.after) node.after.before = node;
  }
}
