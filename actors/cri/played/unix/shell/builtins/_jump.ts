import { LoopJump, type Shell } from "../shell.ts";

/** Sets out for a loop; outside of one nothing happens. */
export function jump(shell: Shell, kind: "break" | "continue", levels = "1"): number {
  if (shell.loops === 0) return 0;
  throw new LoopJump(kind, Math.max(1, Math.min(shell.loops, Number(levels) || 1)));
}
