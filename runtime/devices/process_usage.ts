import { readFileSync } from "node:fs";
import type { NetUsage } from "./messages.ts";

const pageBytes = 4096;

/** What this process takes of its computer, and this thread of the heap. */
export function processUsage(): NetUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    virtualBytes: virtualBytes(),
    heapBytes: heapUsed,
    startSeconds: Math.round((Date.now() / 1000 - process.uptime()) * 100) / 100,
  };
}

/** Where the system does not say, nothing is known. */
function virtualBytes(): number {
  try {
    return Number(readFileSync("/proc/self/statm", "latin1").split(" ")[0]) * pageBytes;
  } catch {
    return 0;
  }
}
