import type { HistoryOperation, SequentialModel } from "./linearizability.ts";

/** What is done to one key of a store. */
export type KeyValueInput =
  | { readonly op: "get"; readonly key: string }
  /** Writes, or with `value: undefined` deletes, if the key was last changed at `expect` (0: is not there). */
  | { readonly op: "set"; readonly key: string; readonly value: string | undefined; readonly expect?: number };

/** What came of it. */
export type KeyValueOutput =
  | { readonly op: "get"; readonly value: string | undefined; readonly modRevision: number }
  /** `revision` is that of the write; without success nothing was written. */
  | { readonly op: "set"; readonly succeeded: boolean; readonly revision: number };

/** A key as it is; `unknown` when a write whose revision nobody learned was the last. */
export interface KeyState {
  readonly value: string | undefined;
  readonly modRevision: number | "unknown";
}

/** One key of a compare-and-set store: keys do not touch each other, so each is a part of its own. */
export const keyValueModel: SequentialModel<KeyState, KeyValueInput, KeyValueOutput> = {
  partOf: ({ key }) => key,
  initial: () => ({ value: undefined, modRevision: 0 }),
  keyOf: ({ value, modRevision }) => `${modRevision}=${value}`,
  step(state, input, output) {
    if (input.op === "get") return get(state, output);
    if (output === undefined) return setUnknown(state, input);
    if (output.op !== "set") return [];
    const { expect, value } = input;
    const matches = expect === undefined || state.modRevision === expect;
    // Where the revision is not known, an expectation may or may not have been right; the answer tells.
    const isOpen = expect !== undefined && expect !== 0 && state.modRevision === "unknown" && state.value !== undefined;
    if (!output.succeeded) return matches ? [] : [state];
    if (!matches && !isOpen) return [];
    const isNothing = value === undefined && state.value === undefined;
    return [isNothing ? state : after(value, output.revision)];
  },
};

/**
 * Whether acknowledged writes have distinct revisions that grow in real time: what the judgement of each key on its own
 * cannot see.
 */
export function revisionsGrow(history: readonly HistoryOperation<KeyValueInput, KeyValueOutput>[]): string | undefined {
  const writes = history
    .filter(
      ({ input, output }) =>
        output?.op === "set" && output.succeeded && input.op === "set" && input.value !== undefined,
    )
    .sort((a, b) => a.callMs - b.callMs);
  const returned = [...writes].sort((a, b) => a.returnMs - b.returnMs);
  const seen = new Map<number, string>();
  let [next, newest] = [0, 0];
  for (const write of writes) {
    for (let each = returned[next]; each && each.returnMs < write.callMs; each = returned[++next]) {
      newest = Math.max(newest, revisionOf(each));
    }
    const revision = revisionOf(write);
    if (revision <= newest) return `A write has revision ${revision}, although one that ended before it has ${newest}`;
    const other = seen.get(revision);
    if (other !== undefined) return `Two writes have revision ${revision}: of ${other} and of ${write.input.key}`;
    seen.set(revision, write.input.key);
  }
  return undefined;
}

function get(state: KeyState, output: KeyValueOutput | undefined): readonly KeyState[] {
  if (output === undefined) return [state];
  if (output.op !== "get" || output.value !== state.value) return [];
  if (state.modRevision === "unknown" && state.value !== undefined) {
    return [{ value: state.value, modRevision: output.modRevision }];
  }
  return output.modRevision === state.modRevision ? [state] : [];
}

/** A write that may have failed its comparison, or may have been carried out. */
function setUnknown(state: KeyState, { value, expect }: KeyValueInput & { op: "set" }): readonly KeyState[] {
  const written = after(value, "unknown");
  if (expect === undefined) return [written];
  if (state.modRevision === "unknown" && state.value !== undefined) return [written, state];
  return state.modRevision === expect ? [written] : [state];
}

function after(value: string | undefined, modRevision: number | "unknown"): KeyState {
  return { value, modRevision: value === undefined ? 0 : modRevision };
}

function revisionOf({ output }: HistoryOperation<KeyValueInput, KeyValueOutput>): number {
  return output?.op === "set" ? output.revision : 0;
}
