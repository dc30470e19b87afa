import type { ContainerStats } from "../container_stats.ts";
import type { ContainerStatus } from "../messages.ts";

/** What a runtime says that a container has used. */
export interface MeasuredUsage {
  /** The host's uptime. */
  readonly atMs: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly writtenBytes: number;
  readonly loggedBytes: number;
  readonly writtenNodes: number;
}

/** Tells how fast containers use the processor, from what they have used since a time before. */
export interface StatsMeter {
  measured(status: ContainerStatus, usage: MeasuredUsage): ContainerStats;
  forget(container: string): void;
}

type Sample = Pick<MeasuredUsage, "atMs" | "cpuMs">;

/** How far samples lie apart at least; two are kept, so that what is told spans one to two of these. */
const sampleMs = 9_500;
/** A rate over less than this says nothing. */
const rateMsMin = 1_000;

/** Nothing is measured yet. */
export function statsMeter(): StatsMeter {
  const samples = new Map<string, readonly Sample[]>();
  return {
    measured({ container, sandbox, name, startedAtMs = 0 }, usage) {
      const { atMs, cpuMs } = usage;
      const before = samples.get(container) ?? [];
      const [from = { atMs: startedAtMs, cpuMs: 0 }] = before;
      const last = before.at(-1)?.atMs ?? startedAtMs;
      if (atMs - last >= sampleMs) samples.set(container, [...before.slice(-1), { atMs, cpuMs }]);
      const windowMs = atMs - from.atMs;
      const cpuMillis = Math.round(Math.max(0, ((cpuMs - from.cpuMs) * 1_000) / windowMs));
      const rate = windowMs < rateMsMin ? {} : { cpuMillis, windowMs };
      return { container, sandbox, name, startedAtMs, ...usage, ...rate };
    },
    forget: (container) => void samples.delete(container),
  };
}
