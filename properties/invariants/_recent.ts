/** Something that held from a time on, until the next of its kind. */
export interface Since {
  readonly fromMs: number;
}

/** A component may act on what it saw at most so long ago. */
const stalenessMsMax = 60_000;

/** The newest entry, and those that were replaced so lately that somebody may still act on them. */
export function recent<T extends Since>(entries: readonly T[], nowMs: number): readonly T[] {
  return entries.filter((_, index) => {
    const next = entries[index + 1];
    return !next || nowMs - next.fromMs < stalenessMsMax;
  });
}

/** Adds what holds from now on. */
export function remember<T extends Since>(memory: Map<string, T[]>, key: string, entry: T): void {
  const entries = memory.get(key);
  if (entries) entries.push(entry);
  else memory.set(key, [entry]);
}
