/** What so many clients, each of which asks anew as soon as it is answered, have seen. */
export interface LoadSeen {
  readonly perSecond: number;
  /** How long they waited for an answer, in ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly clients: number;
  /** How long it is measured; a fifth of it is asked before, unmeasured. */
  readonly seconds: number;
  /** Asks once. */
  readonly ask: (client: number, count: number) => Promise<unknown>;
}

/** Lays a load on a server. */
export async function load({ clients, seconds, ask }: LoadOptions): Promise<LoadSeen> {
  const startedMs = performance.now() + seconds * 200;
  const untilMs = startedMs + seconds * 1_000;
  const tookMs: number[] = [];
  const asks = async (client: number) => {
    for (let count = 0; ; count++) {
      const askedMs = performance.now();
      if (askedMs > untilMs) return;
      await ask(client, count);
      const now = performance.now();
      if (askedMs >= startedMs && now <= untilMs) tookMs.push(now - askedMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_each, client) => asks(client)));
  tookMs.sort((a, b) => a - b);
  return { perSecond: tookMs.length / seconds, p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) };
}

/** The value below which that share of sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
