import { type Frozen, type KubeObject, keyOf } from "../../api/types.ts";
import type { Action } from "../plan.ts";
import { keyOfAction } from "../plan_runner.ts";

/** A write may turn out to change nothing, and then no newer version ever shows; so long it is waited for. */
const waitMsMax = 30_000;
const lookMs = 1_000;

/**
 * Remembers which versions of objects were written over. A mirror that still shows such a version is out of date:
 * what it shows may by chance be what is wanted now, while what was written last is not (kubernetes issue 125638).
 */
export interface WrittenVersions {
  /** An update was planned that replaces this version of the object. */
  wrote(object: Frozen<KubeObject>, uptimeMs: number): void;
  /** How long to wait, at most, for a newer version than the mirror shows; undefined when it is up to date. */
  staleForMs(object: Frozen<KubeObject>, uptimeMs: number): number | undefined;
  /** An update failed, or may have, or was never sent: the mirror is believed again. */
  unwritten(action: Action): void;
  /** How many objects are remembered: those that are gone must not stay. */
  readonly size: number;
}

/** Makes a memory without any writes. */
export function createWrittenVersions(): WrittenVersions {
  const written = new Map<string, { readonly version: string; readonly atMs: number }>();
  return {
    wrote(object, uptimeMs) {
      const key = keyOf(object);
      // Set anew, it is the last in the map's order: the oldest, of objects that nobody asks about any more, go first.
      written.delete(key);
      written.set(key, { version: object.metadata.resourceVersion ?? "", atMs: uptimeMs });
      for (const [each, { atMs }] of written) {
        if (uptimeMs - atMs < waitMsMax) return;
        written.delete(each);
      }
    },
    staleForMs(object, uptimeMs) {
      const last = written.get(keyOf(object));
      if (!last) return undefined;
      if (last.version === object.metadata.resourceVersion && uptimeMs - last.atMs < waitMsMax) return lookMs;
      written.delete(keyOf(object));
      return undefined;
    },
    unwritten: (action) => void written.delete(keyOfAction(action) ?? ""),
    get size() {
      return written.size;
    },
  };
}
