import type { ContainerStats } from "./container_stats.ts";
import { type Container, isRunning, type RuntimeNode } from "./runtime_node.ts";

/** What a container has used until now. */
export interface Usage {
  /** Milliseconds of one processor since its start. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** How many processes there are of it. Default: one. */
  readonly processes?: number;
  /** What it has written to its own files. Default: nothing. */
  readonly writtenBytes?: number;
  /** The files, folders and links that these are. Default: none. */
  readonly writtenNodes?: number;
}

/** Measures the containers of a node. */
export interface UsageMeter {
  /** Takes a sample of each that runs, if the last one is old enough: called whenever somebody looks at them anyway. */
  sample(): void;
  stats(): ContainerStats[];
}

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** How far samples lie apart at least; two are kept, so that what is told spans one to two of these. */
const sampleMs = 9_500;
/** A rate over less than this says nothing. */
const rateMsMin = 1_000;

type Measured = Omit<ContainerStats, "container" | "cpuMillis" | "name" | "sandbox" | "windowMs">;

/** Makes the meter of a node: how much of a processor a container uses is what it has used since a sample taken earlier. */
export function usageMeter(node: RuntimeNode): UsageMeter {
  const samples = new WeakMap<Container, readonly Sample[]>();

  function running(): Container[] {
    return [...node.containers.values()].filter((each) => isRunning(node, each));
  }

  function measured(container: Container): Measured {
    const atMs = node.nowMs();
    const { startedAtMs = atMs } = container.status;
    const used: Partial<Usage> = container.image.usage?.(container) ?? {};
    const { cpuMs = 0, memoryBytes = 0, processes, writtenBytes = 0, writtenNodes = 0 } = used;
    const { cpuLimitMillis } = container.config;
    const cpuMsMax = cpuLimitMillis === undefined ? cpuMs : ((atMs - startedAtMs) * cpuLimitMillis) / 1000;
    const loggedBytes = container.log?.bytes() ?? 0;
    return {
      ...{ atMs, startedAtMs, cpuMs: Math.min(cpuMs, cpuMsMax), memoryBytes },
      ...{ writtenBytes: writtenBytes + loggedBytes, loggedBytes, writtenNodes },
      ...(processes === undefined ? {} : { processes }),
    };
  }

  return {
    sample() {
      for (const container of running()) {
        const before = samples.get(container) ?? [];
        const last = before.at(-1)?.atMs ?? container.status.startedAtMs ?? node.nowMs();
        if (node.nowMs() - last < sampleMs) continue;
        const { atMs, cpuMs } = measured(container);
        samples.set(container, [...before.slice(-1), { atMs, cpuMs }]);
      }
    },
    stats: () =>
      running().map((container) => {
        const found = measured(container);
        const { atMs, startedAtMs, cpuMs } = found;
        const [from = { atMs: startedAtMs, cpuMs: 0 }] = samples.get(container) ?? [];
        const windowMs = atMs - from.atMs;
        const { cpuLimitMillis = Number.POSITIVE_INFINITY } = container.config;
        const cpuMillis = Math.min(cpuLimitMillis, ((cpuMs - from.cpuMs) * 1000) / windowMs);
        const { container: id, sandbox, name } = container.status;
        const rate = windowMs < rateMsMin ? {} : { cpuMillis: Math.round(Math.max(0, cpuMillis)), windowMs };
        return { container: id, sandbox, name, ...found, ...rate };
      }),
  };
}
