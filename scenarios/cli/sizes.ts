import { InvalidArgumentError } from "commander";
import { parseQuantity } from "../../actors/api/quantity.ts";

const unitsSeconds = { s: 1, m: 60, h: 3_600 };

/** Reads a size as Kubernetes writes quantities: `4Gi`, `800M`. */
export function memorySize(text: string): number {
  const bytes = Number((parseQuantity(text)?.nanos ?? 0n) / 1_000_000_000n);
  if (bytes <= 0) throw new InvalidArgumentError("give a size such as 4Gi or 800Mi");
  return bytes;
}

/** Reads how long Events are kept, in seconds: `90s`, `30m`, `1h`. */
export function eventTtl(text: string): number {
  const [, count, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  const seconds = Number(count) * unitsSeconds[unit as keyof typeof unitsSeconds];
  if (!(seconds > 0)) throw new InvalidArgumentError("give a duration such as 90s, 30m or 1h");
  return seconds;
}
