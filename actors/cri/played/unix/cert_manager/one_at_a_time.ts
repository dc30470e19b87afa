import type { Process, Running } from "../kernel/process.ts";

type Work = (thread: Process) => Running<void>;

/** Has one thread at a time do a work; who comes meanwhile has it done once more, by the one that is at it. */
export function oneAtATime(work: Work): Work {
  const state = { isStale: false, isUnderWay: false };
  return function* (thread) {
    state.isStale = true;
    if (state.isUnderWay) return;
    state.isUnderWay = true;
    while (state.isStale) {
      state.isStale = false;
      yield* work(thread);
    }
    state.isUnderWay = false;
  };
}
