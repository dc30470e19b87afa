import type { Invariant } from "../engine/invariant.ts";
import type { Commit } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

/** Who looks after dependents knows of those that are older than that. */
const knownMs = 2_000;

interface Dependent {
  readonly key: string;
  readonly sinceMs: number;
  readonly blocks: boolean;
}

/**
 * What is deleted in the foreground stays until all that blocks it is gone, and what leaves orphans until nobody names
 * it as owner any more. Judged on dependents that were there before the deletion, where nothing else is wrong.
 */
export const dependentsGoFirst: Invariant = {
  name: "dependents go first, or are let go",
  watch(world) {
    /** By the uid of their owner. */
    const dependents = new Map<string, Map<string, Dependent>>();
    const markedMs = new Map<string, number>();

    function note({ key, object, previous, atMs }: Commit) {
      const [now, old] = [object?.metadata.ownerReferences ?? [], previous?.metadata.ownerReferences ?? []];
      for (const { uid } of old) if (!now.some((each) => each.uid === uid)) dependents.get(uid)?.delete(key);
      for (const { uid, blockOwnerDeletion = false } of now) {
        const own = dependents.get(uid) ?? new Map<string, Dependent>();
        dependents.set(uid, own);
        own.set(key, { key, sinceMs: own.get(key)?.sinceMs ?? atMs, blocks: blockOwnerDeletion });
      }
    }

    return {
      commit(commit) {
        const { key, object, previous, atMs } = commit;
        note(commit);
        const { uid = "" } = (object ?? previous)?.metadata ?? {};
        if (object?.metadata.deletionTimestamp !== undefined && !markedMs.has(uid)) markedMs.set(uid, atMs);
        const [before, now] = [previous?.metadata.finalizers ?? [], object?.metadata.finalizers ?? []];
        const letGo = before.find((each) => isOfCollector(each) && !now.includes(each));
        if (!letGo) return undefined;
        const fromMs = markedMs.get(uid) ?? atMs;
        const left = [...(dependents.get(uid)?.values() ?? [])].find(
          ({ blocks, sinceMs }) => (letGo === "orphan" || blocks) && sinceMs <= fromMs - knownMs,
        );
        if (!left || isTroubled(world, { fromMs: fromMs - knownMs, toMs: atMs })) return undefined;
        return `${key} lost its finalizer ${letGo}, and ${left.key} still names it as owner`;
      },
    };
  },
};

const isOfCollector = (finalizer: string) => finalizer === "orphan" || finalizer === "foregroundDeletion";
