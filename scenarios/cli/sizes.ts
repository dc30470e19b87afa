import { InvalidArgumentError } from "commander";
import { parseQuantity } from "../../actors/api/quantity.ts";
import type { AutoCompaction } from "../../actors/store/messages.ts";

const unitsSeconds = { s: 1, m: 60, h: 3_600 };

/** Reads a size as Kubernetes writes quantities: `4Gi`, `800M`. */
export function memorySize(text: string): number {
  const bytes = Number((parseQuantity(text)?.nanos ?? 0n) / 1_000_000_000n);
  if (bytes <= 0) throw new InvalidArgumentError("give a size such as 4Gi or 800Mi");
  return bytes;
}

/** Reads how long Events are kept, in seconds: `90s`, `30m`, `1h`. */
export function eventTtl(text: string): number {
  const seconds = secondsIn(text);
  if (!(seconds > 0)) throw new InvalidArgumentError("give a duration such as 90s, 30m or 1h");
  return seconds;
}

/** Reads how much history a store keeps: the last so many revisions, `5000`, or of so long, `1h`. */
export function storeHistory(text: string): AutoCompaction {
  const revisions = /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
  if (revisions !== undefined) return { revisions };
  const seconds = secondsIn(text);
  if (seconds > 0) return { ageMs: seconds * 1000 };
  throw new InvalidArgumentError("give a number of revisions such as 5000, or a duration such as 90s, 30m or 1h");
}

function secondsIn(text: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  return Number(count) * unitsSeconds[unit as keyof typeof unitsSeconds];
}
