import { type FrontKind, turn } from "../front_kind.ts";

const awayMs = 1_500;

/** The client dies: its connections are closed and, when it is a process of ours, that is killed and started again. */
export const crash: FrontKind = {
  name: "crash",
  summary: "the client dies between two of its writes and is started again",
  forMs: 200,
  aim(learned, random) {
    const when = turn(learned, random);
    if (!when) return undefined;
    // What its user does meanwhile it never hears of.
    return "step" in when ? { when, forMs: awayMs } : { when };
  },
  begin(_fault, control) {
    control.process?.kill();
    control.closeAll();
    return () => control.process?.start();
  },
};
