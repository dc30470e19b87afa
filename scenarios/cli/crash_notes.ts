import type { CrashReport } from "../../runtime/hosts/host.ts";

/** How often the same end of the same component is told. */
const repeatMs = 60_000;

/** Tells of crashes; of one that comes again and again with the same reason once a minute. */
export function crashNotes(note: (text: string) => void) {
  const toldMs = new Map<string, number>();
  return ({ address, reason }: CrashReport) => {
    const text = `${address} crashed and is started again: ${reason.split("\n", 1)[0]}`;
    const nowMs = performance.now();
    if (nowMs - (toldMs.get(text) ?? Number.NEGATIVE_INFINITY) < repeatMs) return;
    toldMs.set(text, nowMs);
    note(text);
  };
}
