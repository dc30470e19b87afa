import type { Step } from "../../../runtime/mod.ts";
import { askStore, type StoreClient } from "../../client/store_client.ts";
import type { StoreAnswer } from "../../store/messages.ts";

/** What a server remembers between two compactions. */
export interface Compactor {
  readonly everyMs: number;
  dueAtMs: number;
  /** How often the key was written, as far as this server knows: who knows best compacts. */
  version: number;
  /** The store's revision one interval ago. */
  revision: number;
}

/** The key by which servers agree on who compacts; Kubernetes' own. */
const compactKey = "compact_rev_key";
const compactMsDefault = 300_000;

/** Makes a compactor that begins one interval from now; the interval is five minutes where none is given. */
export function createCompactor(everyMs: number | undefined, step: Step): Compactor {
  const interval = everyMs ?? compactMsDefault;
  return { everyMs: interval, dueAtMs: step.uptimeMs + interval, version: 0, revision: 0 };
}

/**
 * Forgets, every interval, the history that is older than one interval, as the API server's compactor in
 * apiserver/pkg/storage/etcd3 does: the server whose compare on the version of a shared key holds is the one that
 * compacts, all others learn the version and the revision from its write.
 */
export function compactWhenDue(compactor: Compactor, store: StoreClient, step: Step): void {
  if (step.uptimeMs < compactor.dueAtMs) return;
  compactor.dueAtMs = step.uptimeMs + compactor.everyMs;
  const { version, revision } = compactor;
  const request = {
    type: "store.txn",
    compare: [{ key: compactKey, target: "version", result: "equal", value: version }],
    success: [{ op: "put", key: compactKey, value: String(revision) }],
    failure: [{ op: "range", key: compactKey }],
  } as const;
  askStore(store, step, request, (answer, later) => agreed(compactor, store, { answer, step: later }));
}

function agreed(compactor: Compactor, store: StoreClient, { answer, step }: { answer: StoreAnswer; step: Step }): void {
  // Not done, or not known to be: the next interval's compare tells.
  if (answer.type !== "store.txn.ok") return;
  const compactTo = answer.succeeded ? compactor.revision : 0;
  compactor.version = answer.succeeded ? compactor.version + 1 : versionIn(answer.results[0]);
  compactor.revision = answer.revision;
  // A compaction that fails is made up for by the next one.
  if (compactTo > 0) askStore(store, step, { type: "store.compact", revision: compactTo }, () => {});
}

function versionIn(result: (StoreAnswer & { type: "store.txn.ok" })["results"][number] | undefined): number {
  return result?.op === "range" ? (result.kvs[0]?.version ?? 0) : 0;
}
