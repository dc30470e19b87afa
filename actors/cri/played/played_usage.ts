import type { Usage } from "../container_usage.ts";
import type { ImageBehaviour } from "../messages.ts";
import type { Container } from "../runtime_node.ts";
import type { PlayedPlace } from "./simulated_process.ts";

/** What a small process has in memory that does nothing. */
const memoryBytesDefault = 4 * 1024 * 1024;

/** What a played container has used: what its behaviour says, and the time for which its processes had something to do. */
export function playedUsage(
  { node, systems }: PlayedPlace,
  container: Container,
  { cpuMillis = 0, memoryBytes = memoryBytesDefault, memoryBytesPerSecond = 0 }: ImageBehaviour,
): Usage {
  const livedMs = node.nowMs() - (container.status.startedAtMs ?? node.nowMs());
  const cpuMs = (livedMs * cpuMillis) / 1000 + systems.cpuMs(container);
  const grownBytes = (livedMs * memoryBytesPerSecond) / 1000 + systems.heldBytes(container);
  const processes = systems.processes(container);
  return { cpuMs, memoryBytes: Math.round(memoryBytes + grownBytes), processes, ...systems.written(container) };
}
