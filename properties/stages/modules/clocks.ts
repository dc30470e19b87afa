import assert from "node:assert/strict";

/** A world's time. */
export interface Clock {
  uptimeMs(): number;
  after(delayMs: number, body: () => void): void;
  /** Lets time pass until something holds. */
  until(holds: () => boolean): Promise<void>;
  /** Somebody may have waited for this. */
  changed(): void;
}

/** Time that passes when a test waits. */
export function virtualClock(): Clock {
  const due: { readonly atMs: number; readonly body: () => void }[] = [];
  let nowMs = 0;
  return {
    uptimeMs: () => nowMs,
    after(delayMs, body) {
      const atMs = nowMs + delayMs;
      const place = due.findIndex((each) => each.atMs > atMs);
      due.splice(place < 0 ? due.length : place, 0, { atMs, body });
    },
    changed() {},
    async until(holds) {
      for (let idle = 0; !holds(); ) {
        // Others that wait go on as well.
        await new Promise((resolve) => setImmediate(resolve));
        if (holds()) return;
        const next = due.shift();
        idle = next ? 0 : idle + 1;
        assert.ok(idle < 100, "it never comes");
        if (!next) continue;
        nowMs = next.atMs;
        next.body();
      }
    },
  };
}

/** The time of the world. */
export function realClock(): Clock {
  const looks = new Set<() => void>();
  const changed = () => {
    for (const look of looks) look();
  };
  return {
    uptimeMs: () => performance.now(),
    after: (delayMs, body) =>
      void setTimeout(() => {
        body();
        changed();
      }, delayMs).unref(),
    changed: () => void setImmediate(changed),
    until: (holds) =>
      new Promise((resolve) => {
        // Keeps the process alive as long as something is awaited.
        const alive = setInterval(() => look(), 50);
        const look = () => {
          if (!holds()) return;
          looks.delete(look);
          clearInterval(alive);
          resolve();
        };
        looks.add(look);
        look();
      }),
  };
}
