import type { ResourceLimits } from "../../../resource_limits.ts";

type Limits = Pick<ResourceLimits, "cpuLimitMillis" | "cpuRequestMillis" | "memoryLimitBytes">;

/** The period of a processor's quota, in microseconds. */
const periodMicros = 100_000;
/** No group has less of a processor in each of these. */
const quotaMin = 1_000;

/**
 * What a control group of version 2 is held to, as its files say it.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function groupFiles({ cpuLimitMillis, cpuRequestMillis = 0, memoryLimitBytes }: Limits) {
  const quota = cpuLimitMillis === undefined ? "max" : Math.max(quotaMin, cpuLimitMillis * 100);
  // As a weight is made of the shares that a kubelet makes of a request.
  const shares = Math.max(2, Math.floor((cpuRequestMillis * 1024) / 1000));
  return {
    "cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
    "cpu.max": `${quota} ${periodMicros}\n`,
    "cpu.weight": `${1 + Math.floor(((shares - 2) * 9999) / 262_142)}\n`,
    "memory.max": `${memoryLimitBytes ?? "max"}\n`,
    "memory.high": "max\n",
    "memory.low": "0\n",
    "memory.min": "0\n",
    "memory.swap.max": "0\n",
    "pids.max": "max\n",
  } as const;
}

/** The name of such a file. */
export type GroupFile = keyof ReturnType<typeof groupFiles>;
