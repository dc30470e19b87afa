/** Writes whose effects a controller has not yet seen in its own cache: until it has, it must not count on the cache. */
export interface Expectations {
  /** From now on so many creations, and the deletions of these objects, are expected for that controller's key. */
  expect(key: string, expected: Expected, uptimeMs: number): void;
  /** One creation was seen, or has failed. */
  creationObserved(key: string): void;
  /** The object (by its own key or uid) was seen to go, or could not be deleted. */
  deletionObserved(key: string, object: string): void;
  /** Whether all that was expected was seen, or nothing was expected, or it was too long ago. */
  satisfied(key: string, uptimeMs: number): boolean;
  /** How long until what is still expected is given up; undefined when nothing is. */
  expiresInMs(key: string, uptimeMs: number): number | undefined;
  /** The controller's object is gone. */
  forget(key: string): void;
  clear(): void;
  /** How many controllers are waited for. */
  readonly size: number;
}

/** What a controller is about to do. */
export interface Expected {
  readonly creations: number;
  /** The objects that it is about to delete, by their own keys or uids. */
  readonly deletions: readonly string[];
}

interface Pending {
  creations: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

const timeoutMsDefault = 5 * 60_000;

/** Makes expectations that are given up after `timeoutMs` (default five minutes), as Kubernetes' controllers do. */
export function createExpectations({
  timeoutMs = timeoutMsDefault,
}: {
  readonly timeoutMs?: number;
} = {}): Expectations {
  const pendings = new Map<string, Pending>();

  function settle(key: string, pending: Pending) {
    if (pending.creations <= 0 && pending.deletions.size === 0) pendings.delete(key);
  }

  return {
    expect(key, { creations, deletions }, uptimeMs) {
      const pending = { creations, deletions: new Set(deletions), sinceMs: uptimeMs };
      if (creations > 0 || deletions.length > 0) pendings.set(key, pending);
      else pendings.delete(key);
    },
    creationObserved(key) {
      const pending = pendings.get(key);
      if (!pending) return;
      pending.creations--;
      settle(key, pending);
    },
    deletionObserved(key, object) {
      const pending = pendings.get(key);
      if (pending?.deletions.delete(object)) settle(key, pending);
    },
    satisfied(key, uptimeMs) {
      const pending = pendings.get(key);
      return pending === undefined || uptimeMs - pending.sinceMs >= timeoutMs;
    },
    expiresInMs(key, uptimeMs) {
      const pending = pendings.get(key);
      return pending && Math.max(0, pending.sinceMs + timeoutMs - uptimeMs);
    },
    forget: (key) => void pendings.delete(key),
    clear: () => pendings.clear(),
    get size() {
      return pendings.size;
    },
  };
}
