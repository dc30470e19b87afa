/** A span of time as people write it: `500ms`, `90s`, `5m`, `1.5h`. */
export type Duration = `${number}${keyof typeof unitsMs}`;

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/**
 * A span of time in milliseconds.
 *
 * @throws Error when it is none
 */
export function durationMs(text: Duration): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (number === "") throw new Error(`Cannot read the duration "${text}": write 500ms, 90s, 5m or 1.5h`);
  return Number(number) * unitsMs[unit as keyof typeof unitsMs];
}

/** Milliseconds for people: `0.4 s`, `4 min 10.0 s`. */
export function tellMs(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = `${((tenths % 600) / 10).toFixed(1)} s`;
  return minutes === 0 ? seconds : `${minutes} min ${seconds}`;
}
