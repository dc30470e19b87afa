import type { Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import { costOf, historyCost, shares } from "../../../actors/store/keyspace/space.ts";
import type { KeyValue, RangeAnswer, StoreAnswer, StoreEvent, StoreRequest } from "../../../actors/store/messages.ts";
import { checkLinearizable, type HistoryOperation } from "../../checkers/linearizability.ts";
import { type StoreInput, showKv, storeModel, within } from "../../checkers/store_model.ts";
import type { StoreClientData } from "./client.ts";
import type { Truth } from "./truth.ts";
import { type StoreWatcherData, watchedKeys } from "./watcher.ts";

/** What a client did, and what came of it. */
export type StoreOperation = HistoryOperation<StoreRequest, StoreAnswer>;

/** A search that takes longer than this shows nothing, and is not held against anybody. */
const stepsMax = 20_000;

/** Whether one order of all operations explains what all clients were told; undefined when it does. */
export function judgeOrder(
  history: readonly StoreOperation[],
  { compactsItself = false }: { readonly compactsItself?: boolean } = {},
): string | undefined {
  const judged = history.filter(
    ({ input, output }) => isJudged(input) && (output || isWrite(input)) && !(compactsItself && isOfThePast(input)),
  );
  const verdict = checkLinearizable(storeModel, [...judged, ...leaseEnds(history)], { stepsMax });
  if (verdict.ok !== false) return undefined;
  const { input, output, callMs, returnMs } = verdict.stuckAt;
  return `no order explains what clients were told, up to ${JSON.stringify(input)} between ${callMs} and ${returnMs} ms, answered with ${JSON.stringify(output)}`;
}

function isJudged(input: StoreRequest): boolean {
  return input.type !== "store.member" && !(input.type === "store.range" && input.serializable);
}

/** What only shows, or changes, what is still known of the past. */
function isOfThePast(input: StoreRequest): boolean {
  return input.type === "store.compact" || (input.type === "store.range" && input.revision !== undefined);
}

function isWrite({ type }: StoreRequest): boolean {
  return type !== "store.range";
}

/** A lease may end when its time has passed since it was granted or surely renewed, and nobody is told when it does. */
function leaseEnds(history: readonly StoreOperation[]): HistoryOperation<StoreInput, StoreAnswer>[] {
  const leastMs = new Map<string, { ttlMs: number; sinceMs: number }>();
  for (const { input, callMs } of history) {
    if (input.type !== "store.lease" || input.action !== "grant") continue;
    leastMs.set(input.id, { ttlMs: (input.ttlSeconds ?? 0) * 1_000, sinceMs: callMs });
  }
  for (const { input, output, callMs } of history) {
    if (input.type !== "store.lease" || input.action !== "renew" || output?.type !== "store.lease.ok") continue;
    const lease = leastMs.get(input.id);
    if (lease && output.ttlSeconds > 0) lease.sinceMs = Math.max(lease.sinceMs, callMs);
  }
  return [...leastMs].map(([id, { ttlMs, sinceMs }]) => {
    return { input: { type: "expire", id }, output: undefined, callMs: sinceMs + ttlMs, returnMs: 0 };
  });
}

/** Whether reads of what was, and reads that may be stale, show what was committed. */
export function judgeOldReads(history: readonly StoreOperation[], truth: Truth): string | undefined {
  for (const { input, output } of history) {
    if (input.type !== "store.range" || output?.type !== "store.range.ok") continue;
    const { kvs, revision, more, count } = output as RangeAnswer;
    const at = input.revision ?? revision;
    const state = truth.stateAt(at);
    if (!state) continue;
    const sorted = [...state.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    const { key, end, limit = 0 } = input;
    const there = within(sorted, end === undefined ? { key } : { key, end });
    const expected = (limit > 0 ? there.slice(0, limit) : there).map(showKv).join();
    const told = kvs.map(showKv).join();
    const left = there.length - kvs.length;
    if (count !== there.length || more !== left > 0)
      return `a read at revision ${at} says that there are ${count}, and ${more ? "" : "no "}more than it shows, there were ${there.length}, and it shows ${kvs.length}`;
    if (told !== expected)
      return `a read at revision ${at} shows ${told || "nothing"}, there was ${expected || "nothing"}`;
  }
  return undefined;
}

/** Whether a watcher was told all that it wanted to know, once, in order, and nothing else. */
export function judgeWatcher(watcher: StoreWatcherData, truth: Truth): string | undefined {
  if (watcher.wrong !== undefined) return watcher.wrong;
  const { wanted, gaps, events, revision } = watcher;
  const beyond = gaps.find(({ to }) => to >= truth.compacted());
  if (beyond) return `it was told that revision ${beyond.to} is compacted, and only ${truth.compacted()} was`;
  const isUnknown = (each: number) =>
    truth.eventsAt(each) === undefined || gaps.some(({ from, to }) => each >= from && each <= to);
  const expected: StoreEvent[] = [];
  for (let each = wanted.revision; each <= Math.min(revision, truth.revision()); each++) {
    if (isUnknown(each)) continue;
    expected.push(...(truth.eventsAt(each) ?? []).filter(({ kv }) => within([kv], watchedKeys(wanted)).length > 0));
  }
  const told = events.filter(({ kv }) => !isUnknown(kv.modRevision)).map((each) => showEvent(each, wanted.previous));
  const wantedTexts = expected.map((each) => showEvent(each, wanted.previous));
  const at = wantedTexts.findIndex((text, place) => told[place] !== text);
  if (at >= 0) return `it was told ${told[at] ?? "nothing"} instead of ${wantedTexts[at]}`;
  return told.length > wantedTexts.length ? `it was told too much: ${told[wantedTexts.length]}` : undefined;
}

/** Whether a keyspace counts what it holds, by which its quota is kept. */
export function judgeAccount({ keys, space, changes, changesFirst, compactedRevision }: Keyspace): string | undefined {
  let liveBytes = 0;
  keys.each("", undefined, (versions) => {
    const newest = versions.at(-1);
    if (newest && newest.version !== 0) liveBytes += costOf(newest);
    return true;
  });
  if (space.liveBytes !== liveBytes)
    return `it counts ${space.liveBytes} bytes of what there is, which takes ${liveBytes}`;
  const kept = changes.filter((_each, index) => changesFirst + index >= compactedRevision);
  const historyBytes = kept.reduce((sum, each) => sum + historyCost(each), 0);
  return space.historyBytes === historyBytes
    ? undefined
    : `it counts ${space.historyBytes} bytes of history, which takes ${historyBytes}`;
}

/** Whether each key that is tied to a lease is one that the lease ends with, and each lease has no other. */
export function judgeLeases({ keys, leases: { byId } }: Keyspace): string | undefined {
  const tied = new Map<string, Set<string>>();
  keys.each("", undefined, (versions) => {
    const { key, lease, version } = versions.at(-1) as KeyValue;
    if (version !== 0 && lease !== undefined) tied.set(lease, (tied.get(lease) ?? new Set()).add(key));
    return true;
  });
  for (const id of new Set([...tied.keys(), ...byId.keys()])) {
    const [is, has] = [byId.get(id)?.keys, tied.get(id)].map((each) => [...(each ?? [])].sort().join());
    if (!byId.has(id)) return `${has} would have ended with lease ${id}, which is gone`;
    if (is !== has) return `lease ${id} is to end with ${is || "nothing"}, and ${has || "nothing"} is tied to it`;
  }
  return undefined;
}

/** Whether writes were taken as long as there was room for them, and no longer. */
export function judgeRoom(refusals: readonly StoreOperation[], truth: Truth, quotaBytes: number): string | undefined {
  const [ordinary, reserved] = [shares.ordinary * quotaBytes, shares.reserved * quotaBytes];
  for (let revision = 2; revision <= truth.revision(); revision++) {
    const live = liveBytesIn(truth.stateAt(revision));
    if (live !== undefined && live > reserved)
      return `at revision ${revision} there are ${live} bytes, and ${reserved} are for all`;
  }
  for (const { input, callMs, returnMs } of refusals) {
    if (input.type !== "store.txn") return `a ${input.type} was refused for want of room, and takes none`;
    const to = truth.revisionAt(returnMs + 1);
    let isFull = false;
    for (let revision = truth.revisionAt(callMs); revision <= to && !isFull; revision++) {
      const state = truth.stateAt(revision);
      const live = liveBytesIn(state);
      isFull = !state || live === undefined || live + growthBy(input, state) > ordinary;
    }
    if (!isFull)
      return `${JSON.stringify(input)} was refused for want of room between ${callMs} and ${returnMs} ms, and there was enough`;
  }
  return undefined;
}

type State = ReadonlyMap<string, KeyValue>;

function liveBytesIn(state: State | undefined): number | undefined {
  return state && [...state.values()].reduce((sum, each) => sum + costOf(each), 0);
}

function growthBy({ success }: StoreRequest & { readonly type: "store.txn" }, state: State): number {
  return success.reduce((sum, each) => {
    if (each.op !== "put") return sum;
    const before = state.get(each.key);
    return sum + costOf(each) - (before ? costOf(before) : 0);
  }, 0);
}

function showEvent({ type, kv, previous }: StoreEvent, withPrevious: boolean): string {
  return `${type} ${showKv(kv)}${withPrevious && previous ? ` after ${showKv(previous)}` : ""}`;
}

/** All that clients did, also what is still under way: it may have been done. */
export function historyOf(clients: readonly StoreClientData[]): readonly StoreOperation[] {
  return clients.flatMap(({ history, asked }) =>
    asked ? [...history, { input: asked.request, output: undefined, callMs: asked.callMs, returnMs: 0 }] : history,
  );
}
