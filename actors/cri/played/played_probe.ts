import type { ImageBehaviour, ProbeKind } from "../messages.ts";
import { type Container, isRunning, type RuntimeNode } from "../runtime_node.ts";

/** What a probe of a played container finds at this moment, by what its image's catalogue says. */
export function probePlayed(
  node: RuntimeNode,
  { readyMs = 0, unreadyAfterMs, unhealthyAfterMs }: ImageBehaviour,
  { container, kind }: { readonly container: Container; readonly kind: ProbeKind },
): boolean {
  if (!isRunning(node, container)) return false;
  const ranMs = node.nowMs() - (container.status.startedAtMs ?? 0);
  const isOver = (afterMs: number | undefined) => afterMs !== undefined && ranMs >= afterMs;
  return kind === "liveness" ? !isOver(unhealthyAfterMs) : isOver(readyMs) && !isOver(unreadyAfterMs);
}

/** Whether a catalogue says what probes find: then they find that, whatever a command would. */
export function saysProbes({ readyMs, unreadyAfterMs, unhealthyAfterMs }: ImageBehaviour): boolean {
  return (readyMs ?? unreadyAfterMs ?? unhealthyAfterMs) !== undefined;
}
